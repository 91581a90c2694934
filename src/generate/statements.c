/*
 * generate_statements PREFIX file.sql...: compiles the catalogue of SQL statements into PREFIX.h
 * and PREFIX.c. A block is a line `-- name: sessions_create :one :write` and the SQL up to the next
 * such line. Comments are dropped, white space outside quotes becomes one space. Whatever is
 * doubtful stops the build with file:line.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FILE_BYTES_MAX = 1 << 20,
	TEXT_BYTES_MAX = 1 << 22,
	STATEMENTS_MAX = 2048,
	PARAMETERS_MAX = 64,
	NAME_BYTES_MAX = 60
};

struct statement {
	char name[NAME_BYTES_MAX + 1];
	const char *kind;
	const char *lane;
	const char *text;
	size_t length;
	const char *file;
	int line;
	int parameters;
	bool has_parameter[PARAMETERS_MAX + 1];
};

static struct statement list[STATEMENTS_MAX];
static size_t count;
static char pool[TEXT_BYTES_MAX];
static size_t pool_used;
static char source[FILE_BYTES_MAX + 1];
static const char *file;
static int line;

static void refuse(int, const char *, ...) __attribute__((noreturn, format(printf, 2, 3)));

static void
refuse(int at, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s:%d: ", file, at);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static void
source_read(void)
{
	FILE *in;
	size_t length;

	in = fopen(file, "r");
	if (in == NULL)
		refuse(0, "cannot be read");
	length = fread(source, 1, sizeof(source), in);
	if (ferror(in) || length > FILE_BYTES_MAX)
		refuse(0, "cannot be read, or is larger than %d bytes", FILE_BYTES_MAX);
	fclose(in);
	source[length] = '\0';
	if (strlen(source) != length)
		refuse(0, "holds a NUL byte");
}

static void
text_byte(char byte)
{
	if (pool_used >= sizeof(pool) - 1)
		refuse(line, "more than %d bytes of SQL in all", TEXT_BYTES_MAX);
	pool[pool_used++] = byte;
}

/* One space where white space or a comment stood, none at the start. */
static void
text_space(const struct statement *statement)
{
	if (&pool[pool_used] > statement->text && pool[pool_used - 1] != ' ')
		text_byte(' ');
}

/* Copies up to and with the closing mark. */
static const char *
copy_quoted(const char *at, const char *mark, size_t mark_length)
{
	int begins = line;
	size_t i;

	for (i = 0; i < mark_length; i++)
		text_byte(*at++);
	while (*at != '\0' && strncmp(at, mark, mark_length) != 0) {
		if (*at == '\n')
			line++;
		text_byte(*at++);
	}
	if (*at == '\0')
		refuse(begins, "quote %.*s is not closed", (int)mark_length, mark);
	for (i = 0; i < mark_length; i++)
		text_byte(*at++);
	return (at);
}

/* Length of a dollar quote's mark ($$ or $tag$) at this place, or 0. */
static size_t
dollar_mark(const char *at)
{
	size_t length = 1;

	if (isdigit((unsigned char)at[1]))
		return (0);
	while (isalnum((unsigned char)at[length]) || at[length] == '_')
		length++;
	return (at[length] == '$' ? length + 1 : 0);
}

static const char *
copy_parameter(struct statement *statement, const char *at)
{
	int number = 0;

	text_byte(*at++);
	if (!isdigit((unsigned char)*at))
		refuse(line, "'$' without a number");
	while (isdigit((unsigned char)*at) && number <= PARAMETERS_MAX) {
		number = number * 10 + (*at - '0');
		text_byte(*at++);
	}
	if (number < 1 || number > PARAMETERS_MAX)
		refuse(line, "parameters are $1 to $%d", PARAMETERS_MAX);
	statement->has_parameter[number] = true;
	if (number > statement->parameters)
		statement->parameters = number;
	return (at);
}

static const char *
skip_comment(const char *at)
{
	int begins = line;
	int depth = 1;

	if (at[0] == '-')
		return (at + strcspn(at, "\n"));
	for (at += 2; depth > 0; at++) {
		if (*at == '\0')
			refuse(begins, "comment is not closed");
		if (*at == '\n')
			line++;
		if (at[0] == '*' && at[1] == '/') {
			depth--;
			at++;
		} else if (at[0] == '/' && at[1] == '*') {
			depth++;
			at++;
		}
	}
	return (at);
}

static bool
is_comment(const char *at)
{
	return ((at[0] == '-' && at[1] == '-') || (at[0] == '/' && at[1] == '*'));
}

static bool
is_name_line(const char *at)
{
	if (at != source && at[-1] != '\n')
		return (false);
	if (strncmp(at, "--", 2) != 0)
		return (false);
	at += 2;
	at += strspn(at, " \t");
	return (strncmp(at, "name:", 5) == 0);
}

static const char *
copy_text(struct statement *statement, const char *at)
{
	size_t mark;
	bool has_ended = false;

	while (*at != '\0' && !is_name_line(at)) {
		if (is_comment(at)) {
			text_space(statement);
			at = skip_comment(at);
		} else if (isspace((unsigned char)*at)) {
			if (*at++ == '\n')
				line++;
			text_space(statement);
		} else if (has_ended) {
			refuse(line, "text after the semicolon: one statement a block");
		} else if (*at == ';') {
			has_ended = true;
			at++;
		} else if (*at == '\'' || *at == '"') {
			at = copy_quoted(at, *at == '"' ? "\"" : "'", 1);
		} else if (*at == '$' && (mark = dollar_mark(at)) > 0) {
			at = copy_quoted(at, at, mark);
		} else if (*at == '$') {
			at = copy_parameter(statement, at);
		} else {
			text_byte(*at++);
		}
	}
	return (at);
}

static void
read_flag(struct statement *statement, const char *flag)
{
	if (strcmp(flag, ":one") == 0 || strcmp(flag, ":many") == 0 || strcmp(flag, ":exec") == 0) {
		if (statement->kind != NULL)
			refuse(line, "%s: two kinds", statement->name);
		statement->kind = flag[1] == 'o'   ? "KIND_ONE"
				  : flag[1] == 'm' ? "KIND_MANY"
						   : "KIND_EXEC";
	} else if (strcmp(flag, ":read") == 0 || strcmp(flag, ":write") == 0) {
		if (statement->lane != NULL)
			refuse(line, "%s: two lanes", statement->name);
		statement->lane = flag[1] == 'r' ? "LANE_READ" : "LANE_WRITE";
	} else {
		refuse(line, "%s: '%s' is none of :one :many :exec :read :write", statement->name,
		    flag);
	}
}

static void
read_name(struct statement *statement, char *word)
{
	const char *at;
	size_t i;

	if (word == NULL || strlen(word) > NAME_BYTES_MAX)
		refuse(line, "a name has 1 to %d bytes", NAME_BYTES_MAX);
	for (at = word; *at != '\0'; at++) {
		if (!islower((unsigned char)*at) && *at != '_' &&
		    (at == word || !isdigit((unsigned char)*at)))
			refuse(line, "'%s' is no name: a-z, 0-9 and _", word);
	}
	for (i = 0; i < count; i++) {
		if (strcmp(list[i].name, word) == 0)
			refuse(line, "%s is also at %s:%d", word, list[i].file, list[i].line);
	}
	memcpy(statement->name, word, strlen(word) + 1);
}

static const char *
read_name_line(struct statement *statement, const char *at)
{
	char words[256];
	char *rest, *word;
	size_t length = strcspn(at, "\n");

	if (length >= sizeof(words))
		refuse(line, "line too long");
	memcpy(words, at, length);
	words[length] = '\0';
	rest = strstr(words, "name:") + 5;
	read_name(statement, strtok_r(rest, " \t\r", &rest));
	while ((word = strtok_r(rest, " \t\r", &rest)) != NULL)
		read_flag(statement, word);
	if (statement->kind == NULL)
		refuse(line, "%s: kind is missing (:one, :many or :exec)", statement->name);
	if (statement->lane == NULL)
		refuse(line, "%s: lane is missing (:read or :write)", statement->name);
	return (at + length);
}

static void
close_text(struct statement *statement)
{
	int i;

	while (&pool[pool_used] > statement->text && pool[pool_used - 1] == ' ')
		pool_used--;
	statement->length = (size_t)(&pool[pool_used] - statement->text);
	text_byte('\0');
	if (statement->length == 0)
		refuse(statement->line, "%s: no SQL", statement->name);
	for (i = 1; i <= statement->parameters; i++) {
		if (!statement->has_parameter[i])
			refuse(statement->line, "%s: $%d is missing, $%d is there", statement->name,
			    i, statement->parameters);
	}
}

static void
read_statements(void)
{
	struct statement *statement;
	const char *at = source;

	line = 1;
	while (*at != '\0') {
		if (is_name_line(at)) {
			if (count == STATEMENTS_MAX)
				refuse(line, "more than %d statements", STATEMENTS_MAX);
			statement = &list[count];
			statement->file = file;
			statement->line = line;
			at = read_name_line(statement, at);
			statement->text = &pool[pool_used];
			at = copy_text(statement, at);
			close_text(statement);
			count++;
		} else if (is_comment(at)) {
			at = skip_comment(at);
		} else if (isspace((unsigned char)*at)) {
			if (*at++ == '\n')
				line++;
		} else {
			refuse(line, "SQL before the first `-- name:` line");
		}
	}
}

static FILE *
output_open(const char *prefix, const char *suffix, char *path, size_t size)
{
	FILE *out;
	int length;

	length = snprintf(path, size, "%s%s", prefix, suffix);
	if (length < 0 || (size_t)length >= size || (out = fopen(path, "w")) == NULL) {
		fprintf(stderr, "%s%s: cannot be written\n", prefix, suffix);
		exit(1);
	}
	return (out);
}

static void
output_close(FILE *out, const char *path)
{
	if (ferror(out) || fclose(out) != 0) {
		fprintf(stderr, "%s: cannot be written\n", path);
		remove(path);
		exit(1);
	}
}

static void
write_header(const char *prefix)
{
	char path[4096];
	FILE *out = output_open(prefix, ".h", path, sizeof(path));
	size_t i;

	fputs("/* Generated by generate_statements from the .sql files of the rooms. */\n"
	      "#ifndef STATEMENTS_H\n#define STATEMENTS_H\n\nenum statement {\n",
	    out);
	for (i = 0; i < count; i++)
		fprintf(out, "\tSTATEMENT_%s,\n", list[i].name);
	fputs("\tSTATEMENTS\n};\n\n"
	      "enum statement_kind { KIND_ONE, KIND_MANY, KIND_EXEC };\n"
	      "enum statement_lane { LANE_READ, LANE_WRITE, LANES };\n\n"
	      "struct statement_definition {\n"
	      "\tconst char\t\t*name;\n"
	      "\tconst char\t\t*text;\n"
	      "\tenum statement_kind\t kind;\n"
	      "\tenum statement_lane\t lane;\n"
	      "\tunsigned\t\t parameter_count;\n"
	      "};\n\n"
	      "/* By enum statement; a row without a name ends it. */\n"
	      "extern const struct statement_definition statements[STATEMENTS + 1];\n\n"
	      "#endif\n",
	    out);
	output_close(out, path);
}

static void
write_literal(FILE *out, const char *text, size_t length)
{
	size_t i;

	fputc('"', out);
	for (i = 0; i < length; i++) {
		if (text[i] == '\n')
			fputs("\\n\"\n\t    \"", out);
		else if (text[i] == '"' || text[i] == '\\' || text[i] == '?')
			fprintf(out, "\\%c", text[i]);
		else if ((unsigned char)text[i] < ' ')
			fprintf(out, "\\%03o", (unsigned char)text[i]);
		else
			fputc(text[i], out);
	}
	fputc('"', out);
}

static void
write_table(const char *prefix)
{
	char path[4096];
	FILE *out = output_open(prefix, ".c", path, sizeof(path));
	size_t i;

	fputs("/* Generated by generate_statements from the .sql files of the rooms. */\n"
	      "#include <stddef.h>\n\n#include \"statements.h\"\n\n"
	      "const struct statement_definition statements[STATEMENTS + 1] = {\n",
	    out);
	for (i = 0; i < count; i++) {
		fprintf(out, "\t[STATEMENT_%s] = { \"%s\",\n\t    ", list[i].name, list[i].name);
		write_literal(out, list[i].text, list[i].length);
		fprintf(out, ",\n\t    %s, %s, %d },\n", list[i].kind, list[i].lane,
		    list[i].parameters);
	}
	fputs("\t[STATEMENTS] = { NULL, NULL, KIND_EXEC, LANE_READ, 0 },\n};\n", out);
	output_close(out, path);
}

int
main(int argc, char **argv)
{
	int i;

	if (argc < 2) {
		fprintf(stderr, "usage: generate_statements PREFIX file.sql...\n");
		return (64);
	}
	for (i = 2; i < argc; i++) {
		file = argv[i];
		source_read();
		read_statements();
	}
	write_header(argv[1]);
	write_table(argv[1]);
	return (0);
}
