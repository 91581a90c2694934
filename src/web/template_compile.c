/* Compiling templates: a tag scanner, and enough of an HTML scanner to know where a value may
 * stand. */
#include "web/template_compile.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/fatal.h"
#include "base/text.h"

enum place { PLACE_TEXT, PLACE_TAG, PLACE_QUOTED };

struct compiler {
	struct template *template;
	struct arena *arena;
	const char *source, *at, *end;
	unsigned line;
	enum place place;
	size_t open[TEMPLATE_DEPTH_MAX]; /* steps of the sections that are open */
	enum place open_place[TEMPLATE_DEPTH_MAX];
	size_t depth;
};

static void __attribute__((noreturn))
refuse(const struct compiler *compiler, const char *why, const char *name)
{
	fatal("template %s, line %u: %s%s%s", compiler->template->name, compiler->line, why,
	    name != NULL ? ": " : "", name != NULL ? name : "");
}

static const char *
find(const char *from, const char *end, const char *what)
{
	return (memmem(from, (size_t)(end - from), what, strlen(what)));
}

static bool
begins(const char *at, const char *end, const char *what)
{
	return ((size_t)(end - at) >= strlen(what) && strncasecmp(at, what, strlen(what)) == 0);
}

static struct template_step *
step_add(struct compiler *compiler, enum template_step_kind kind, const char *text)
{
	struct template_step *step = &compiler->template->steps[compiler->template->count++];

	step->kind = kind;
	step->text = text;
	step->line = compiler->line;
	return (step);
}

/* A script element must be empty (its code is a file), and style elements must not be. */
static void
element_check(const struct compiler *compiler, const char *at)
{
	const char *close;

	if (begins(at, compiler->end, "<style"))
		refuse(compiler, "a style element; styles belong in style.css", NULL);
	if (!begins(at, compiler->end, "<script"))
		return;
	close = memchr(at, '>', (size_t)(compiler->end - at));
	if (close == NULL || !begins(close, compiler->end, "></script>"))
		refuse(compiler, "a script element that is not empty", NULL);
}

static void
place_follow(struct compiler *compiler, const char *from, const char *to)
{
	for (; from < to; from++) {
		if (*from == '\n')
			compiler->line++;
		if (compiler->place == PLACE_QUOTED) {
			if (*from == '"')
				compiler->place = PLACE_TAG;
		} else if (compiler->place == PLACE_TAG) {
			if (*from == '"')
				compiler->place = PLACE_QUOTED;
			else if (*from == '\'')
				refuse(compiler, "an attribute in single quotes", NULL);
			else if (*from == '>')
				compiler->place = PLACE_TEXT;
		} else if (*from == '<') {
			element_check(compiler, from);
			compiler->place = PLACE_TAG;
		}
	}
}

static const char *
tag_name(const struct compiler *compiler, const char *from, const char *to)
{
	size_t length = (size_t)(to - from);

	if (length == 0 || length > 64)
		refuse(compiler, "a tag without a name", NULL);
	for (const char *at = from; at < to; at++) {
		if ((*at < 'a' || *at > 'z') && (*at < '0' || *at > '9') && *at != '_')
			refuse(compiler, "a name holds more than a-z, 0-9 and _",
			    arena_substring(compiler->arena, from, length));
	}
	return (arena_substring(compiler->arena, from, length));
}

static void
section_open(struct compiler *compiler, enum template_step_kind kind, const char *name)
{
	if (compiler->depth == TEMPLATE_DEPTH_MAX)
		refuse(compiler, "sections nest too deep", name);
	compiler->open[compiler->depth] = compiler->template->count;
	compiler->open_place[compiler->depth++] = compiler->place;
	step_add(compiler, kind, name);
}

static void
section_close(struct compiler *compiler, const char *name)
{
	struct template_step *opener;

	if (compiler->depth == 0)
		refuse(compiler, "a section ends that was not begun", name);
	opener = &compiler->template->steps[compiler->open[--compiler->depth]];
	if (!text_equal(opener->text, name))
		refuse(compiler, "a section ends inside another", name);
	if (compiler->place != compiler->open_place[compiler->depth])
		refuse(compiler, "a section holds half a tag", name);
	opener->end = compiler->template->count;
	step_add(compiler, STEP_END, name);
}

static void
tag_compile(struct compiler *compiler, const char *from, const char *to)
{
	const char *name = tag_name(compiler, strchr("#^/>", *from) != NULL ? from + 1 : from, to);

	switch (*from) {
	case '#':
		section_open(compiler, STEP_SECTION, name);
		break;
	case '^':
		section_open(compiler, STEP_UNLESS, name);
		break;
	case '/':
		section_close(compiler, name);
		break;
	case '>':
		if (compiler->place != PLACE_TEXT)
			refuse(compiler, "a partial inside a tag", name);
		step_add(compiler, STEP_PARTIAL, name);
		break;
	default:
		if (compiler->place == PLACE_TAG)
			refuse(compiler, "a value inside a tag, but not in double quotes", name);
		step_add(compiler, STEP_VALUE, name);
	}
}

/* The blanks before a tag that is alone on its line, and where the next line begins; false if it is
 * not alone. */
static bool
tag_is_alone(const struct compiler *compiler, const char *open, const char *after, size_t *blanks,
    const char **next)
{
	const char *before = open;

	if (open[2] == '\0' || strchr("#^/>", open[2]) == NULL)
		return (false);
	while (before > compiler->source && (before[-1] == ' ' || before[-1] == '\t'))
		before--;
	while (after < compiler->end && (*after == ' ' || *after == '\t'))
		after++;
	if ((before > compiler->source && before[-1] != '\n') ||
	    (after < compiler->end && *after != '\n'))
		return (false);
	*blanks = (size_t)(open - before);
	*next = after < compiler->end ? after + 1 : after;
	return (true);
}

static void
compile(struct compiler *compiler)
{
	const char *open, *close, *next;
	struct template_step *text;
	size_t blanks;

	while ((open = find(compiler->at, compiler->end, "{{")) != NULL) {
		place_follow(compiler, compiler->at, open);
		close = find(open, compiler->end, "}}");
		if (close == NULL)
			refuse(compiler, "a tag without its end", NULL);
		blanks = 0;
		next = close + 2;
		if (tag_is_alone(compiler, open, close + 2, &blanks, &next))
			compiler->line += next > close + 2 && next[-1] == '\n';
		text = step_add(compiler, STEP_TEXT, compiler->at);
		text->length = (size_t)(open - compiler->at) - blanks;
		tag_compile(compiler, open + 2, close);
		compiler->at = next;
	}
	place_follow(compiler, compiler->at, compiler->end);
	text = step_add(compiler, STEP_TEXT, compiler->at);
	text->length = (size_t)(compiler->end - compiler->at);
	if (compiler->depth != 0)
		refuse(compiler, "a section without its end",
		    compiler->template->steps[compiler->open[compiler->depth - 1]].text);
	if (compiler->place != PLACE_TEXT)
		refuse(compiler, "the text ends inside a tag", NULL);
}

void
template_set_add(struct template_set *set, const char *name, const char *source, size_t length)
{
	struct template *template = arena_alloc(set->arena, sizeof(*template));
	struct compiler compiler = {.template = template,
	    .arena = set->arena,
	    .source = source,
	    .at = source,
	    .end = source + length,
	    .line = 1};
	size_t tags = 0;

	template->name = arena_string(set->arena, name);
	if (template_set_find(set, name) != NULL || memchr(source, '\0', length) != NULL)
		refuse(&compiler, "a name that is taken, or a NUL byte", NULL);
	for (const char *at = source; (at = find(at, compiler.end, "{{")) != NULL; at += 2)
		tags++;
	template->steps = arena_alloc(set->arena, (2 * tags + 1) * sizeof(template->steps[0]));
	compile(&compiler);
	template->next = set->first;
	set->first = template;
}

const struct template *
template_set_find(const struct template_set *set, const char *name)
{
	const struct template *template;

	for (template = set->first; template != NULL; template = template->next) {
		if (text_equal(template->name, name))
			return (template);
	}
	return (NULL);
}

static void
depth_check(const struct template *template, unsigned depth)
{
	if (depth > TEMPLATE_DEPTH_MAX)
		fatal("template %s: partials nest too deep, or contain themselves", template->name);
	for (size_t i = 0; i < template->count; i++) {
		if (template->steps[i].kind == STEP_PARTIAL)
			depth_check(template->steps[i].partial, depth + 1);
	}
}

void
template_set_link(struct template_set *set)
{
	struct template *template;
	struct template_step *step;

	for (template = set->first; template != NULL; template = template->next) {
		for (size_t i = 0; i < template->count; i++) {
			step = &template->steps[i];
			if (step->kind != STEP_PARTIAL)
				continue;
			step->partial = template_set_find(set, step->text);
			if (step->partial == NULL)
				fatal("template %s, line %u: there is no partial %s",
				    template->name, step->line, step->text);
		}
	}
	for (template = set->first; template != NULL; template = template->next)
		depth_check(template, 0);
}
