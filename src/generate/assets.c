/*
 * generate_assets OUT.c FOLDER: every file below FOLDER as a row of assets[], with its content
 * type, a strong ETag from its SHA-256, and a gzip twin where that is smaller. The same files give
 * the same output.
 */
#include <err.h>
#include <ftw.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

enum { FILES_MAX = 4096, DIGEST_HEX = 32 };

struct bytes {
	unsigned char *at;
	size_t length;
};

static const struct {
	const char *ending, *type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/vnd.microsoft.icon"},
    {".jpg", "image/jpeg"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".txt", "text/plain; charset=utf-8"},
    {".webp", "image/webp"},
    {".woff2", "font/woff2"},
};

static char *paths[FILES_MAX];
static size_t paths_count;

static int
collect(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	if (kind != FTW_F || path[where->base] == '.')
		return (0);
	if (paths_count == FILES_MAX)
		errx(1, "more than %d files", FILES_MAX);
	if ((paths[paths_count++] = strdup(path)) == NULL)
		err(1, "strdup");
	return (0);
}

static int
compare(const void *a, const void *b)
{
	return (strcmp(*(char *const *)a, *(char *const *)b));
}

static const char *
content_type(const char *path)
{
	size_t length = strlen(path);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t ending = strlen(types[i].ending);

		if (length > ending && strcmp(path + length - ending, types[i].ending) == 0)
			return (types[i].type);
	}
	errx(1, "%s: no content type is known for this ending", path);
}

static struct bytes
read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct bytes bytes;
	struct stat status;

	if (file == NULL || fstat(fileno(file), &status) == -1)
		err(1, "%s", path);
	bytes.length = (size_t)status.st_size;
	if ((bytes.at = malloc(bytes.length + 1)) == NULL)
		err(1, "malloc");
	if (fread(bytes.at, 1, bytes.length, file) != bytes.length)
		err(1, "%s", path);
	fclose(file);
	return (bytes);
}

/* zlib writes no time and no name into the header, so the twin is the same in every build. */
static struct bytes
compress_bytes(struct bytes plain)
{
	z_stream stream = {0};
	struct bytes gzip;

	if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		errx(1, "deflateInit2");
	gzip.length = deflateBound(&stream, plain.length);
	if ((gzip.at = malloc(gzip.length)) == NULL)
		err(1, "malloc");
	stream.next_in = plain.at;
	stream.avail_in = (uInt)plain.length;
	stream.next_out = gzip.at;
	stream.avail_out = (uInt)gzip.length;
	if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
		errx(1, "deflate");
	gzip.length = stream.total_out;
	deflateEnd(&stream);
	return (gzip);
}

/* The first 128 bits are plenty to tell versions of a file apart. */
static void
digest_hex(const void *bytes, size_t length, char out[DIGEST_HEX + 1])
{
	unsigned char digest[SHA256_DIGEST_LENGTH];

	SHA256(bytes, length, digest);
	for (size_t i = 0; i < DIGEST_HEX / 2; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static void
write_bytes(FILE *out, const char *prefix, size_t number, struct bytes bytes)
{
	fprintf(
	    out, "static const unsigned char %s_%zu[%zu] = {", prefix, number, bytes.length + 1);
	for (size_t i = 0; i < bytes.length; i++)
		fprintf(out, "%s%d,", i % 24 == 0 ? "\n\t" : "", bytes.at[i]);
	fprintf(out, "\n\t0\n};\n");
}

/* Writes one file's bytes; its row of the table goes to rows. */
static void
write_asset(FILE *out, FILE *rows, size_t number, const char *path, size_t folder)
{
	struct bytes plain = read_file(path), gzip = compress_bytes(plain);
	bool is_smaller = gzip.length < plain.length;
	char digest[DIGEST_HEX + 1];

	digest_hex(plain.at, plain.length, digest);
	write_bytes(out, "plain", number, plain);
	if (is_smaller)
		write_bytes(out, "gzip", number, gzip);
	fprintf(rows, "\t{ \"%s\", \"%s\", plain_%zu, %zu, ", path + folder, content_type(path),
	    number, plain.length);
	if (is_smaller)
		fprintf(rows, "gzip_%zu, %zu, ", number, gzip.length);
	else
		fprintf(rows, "NULL, 0, ");
	fprintf(rows, "\"\\\"%s\\\"\" },\n", digest);
	free(plain.at);
	free(gzip.at);
}

/* The rows hold every path and digest, so their digest is the version of the whole. */
static void
write_all(FILE *out, const char *folder)
{
	char *rows_text = NULL, version[DIGEST_HEX + 1];
	size_t rows_length = 0;
	FILE *rows = open_memstream(&rows_text, &rows_length);

	if (rows == NULL)
		err(1, "open_memstream");
	fprintf(out, "/* Made by generate_assets. */\n#include \"web/assets.h\"\n\n");
	for (size_t i = 0; i < paths_count; i++)
		write_asset(out, rows, i, paths[i], strlen(folder) + 1);
	fclose(rows);
	digest_hex(rows_text, rows_length, version);
	fprintf(out, "\nconst struct asset assets[] = {\n%s};\n", rows_text);
	fprintf(out, "const size_t assets_count = sizeof(assets) / sizeof(assets[0]);\n");
	fprintf(out, "const char assets_version[] = \"%.12s\";\n", version);
	free(rows_text);
}

int
main(int argc, char **argv)
{
	FILE *out;

	if (argc != 3)
		errx(2, "usage: generate_assets OUT.c FOLDER");
	if (nftw(argv[2], collect, 16, FTW_PHYS) == -1)
		err(1, "%s", argv[2]);
	if (paths_count == 0)
		errx(1, "%s: no files", argv[2]);
	qsort(paths, paths_count, sizeof(paths[0]), compare);
	if ((out = fopen(argv[1], "w")) == NULL)
		err(1, "%s", argv[1]);
	write_all(out, argv[2]);
	if (ferror(out) || fclose(out) == EOF) {
		remove(argv[1]);
		err(1, "%s", argv[1]);
	}
	return (0);
}
