/* The JWK Set (RFC 7517, 5) and the list of keys. */
#include "db/db.h"
#include "keys/key_sets.h"
#include "realms/realms.h"

enum { JWKS_BYTES_MAX = 65536 };

static const char *
write_set(struct arena *arena, const struct key_set *set)
{
	size_t i;
	const struct jose_key *key;
	struct text text;
	struct json_writer writer;

	text_init(&text, arena, JWKS_BYTES_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	writer_array_begin(&writer, "keys");
	for (i = 0; i < set->count; i++) {
		if ((key = key_material_public(set->keys[i].material)) != NULL)
			jose_key_write_jwk(&writer, NULL, key, arena);
	}
	writer_array_end(&writer);
	writer_object_end(&writer);
	return (text.overflowed ? NULL : text.data);
}

enum result
keys_write_jwks(struct call *call, struct text *out)
{
	enum result result;
	const struct key_set *set;
	struct published *published;

	if ((result = key_sets_find_published(call, &set)) != RESULT_OK)
		return (result);
	published = set->published;
	if (published->jwks == NULL)
		published->jwks = arena_string(published->arena, write_set(call->arena, set));
	if (published->jwks == NULL)
		return (call_fail(call, RESULT_FAILED, "a realm's public keys cannot be written"));
	text_add(out, published->jwks);
	return (RESULT_OK);
}

enum result
keys_list(struct call *call, struct key_summary **out, size_t *count)
{
	int row;
	enum result result;
	struct db_rows rows;
	struct key_summary *list;

	result = db_run(call, STATEMENT_keys_list, DB_VALUES(db_uuid(&call->realm->id)), &rows);
	if (result != RESULT_OK)
		return (result);
	list = arena_alloc(call->arena, (size_t)rows.count * sizeof(*list));
	for (row = 0; row < rows.count; row++) {
		list[row].kid = row_text(&rows, row, 0);
		list[row].algorithm = row_text(&rows, row, 1);
		list[row].state = row_text(&rows, row, 2);
		list[row].created_at = row_time(&rows, row, 3);
		list[row].activated_at = row_time(&rows, row, 4);
		list[row].retired_at = row_time(&rows, row, 5);
	}
	*out = list;
	*count = (size_t)rows.count;
	return (RESULT_OK);
}
