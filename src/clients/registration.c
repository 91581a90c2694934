/* Registration of clients from RFC 7591 metadata, and their metadata read back. */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "clients/client_metadata.h"
#include "clients/client_policy.h"
#include "clients/clients.h"
#include "clients/registration_checks.h"
#include "clients/secrets.h"
#include "db/db.h"
#include "realms/realms.h"

/* What the database prints of a document has a space behind each colon and comma: a third more at
 * worst, and that must be read again. */
enum { POLICY_BYTES_MAX = 1024, DOCUMENT_BYTES_MAX = JSON_BYTES_MAX / 4 * 3 };

static const char *const kept_arrays[] = {
    "redirect_uris", "post_logout_redirect_uris", "contacts", NULL};

static void
write_strings(struct json_writer *writer, const char *name, const json_t *array)
{
	size_t i;

	if (!json_is_array(array))
		return;
	writer_array_begin(writer, name);
	for (i = 0; i < json_array_size(array); i++)
		writer_text(writer, NULL, json_string_value(json_array_get(array, i)));
	writer_array_end(writer);
}

/* What is kept: known members only, with the defaults that were filled in. */
static const char *
document_of(struct arena *arena, const struct registration_request *request)
{
	bool has_code = (request->grants & CLIENT_GRANT_AUTHORIZATION_CODE) != 0;
	struct json_writer writer;
	struct text text;
	size_t i;

	text_init(&text, arena, DOCUMENT_BYTES_MAX);
	writer_init(&writer, &text);
	writer_object_begin(&writer, NULL);
	for (i = 0; registration_texts[i] != NULL; i++)
		writer_text_if(&writer, registration_texts[i],
		    member_text(request->metadata, registration_texts[i]));
	writer_text(&writer, "application_type", request->is_native ? "native" : "web");
	writer_text(
	    &writer, "token_endpoint_auth_method", client_auth_method_name(request->auth_method));
	writer_list(&writer, "grant_types", client_grants_list(arena, request->grants));
	writer_list(&writer, "response_types", has_code ? "code" : "");
	for (i = 0; kept_arrays[i] != NULL; i++)
		write_strings(
		    &writer, kept_arrays[i], json_object_get(request->metadata, kept_arrays[i]));
	writer_text(&writer, "scope", request->scope);
	writer_text(&writer, "id_token_signed_response_alg", request->id_token_alg);
	writer_text_if(&writer, "userinfo_signed_response_alg", request->userinfo_alg);
	writer_text_if(&writer, "token_endpoint_auth_signing_alg", request->assertion_alg);
	writer_text_if(&writer, "jwks_uri", request->jwks_uri);
	if (request->jwks != NULL)
		writer_json(&writer, "jwks", request->jwks);
	writer_object_end(&writer);
	return (text.overflowed ? NULL : text.data);
}

static const char *
policy_of(struct arena *arena, const struct registration_request *request)
{
	struct json_writer writer;
	struct text text;

	text_init(&text, arena, POLICY_BYTES_MAX);
	writer_init(&writer, &text);
	client_policy_write(&request->policy, &writer);
	return (text.data);
}

enum result
clients_register(struct call *call, const json_t *metadata, struct client_registration *out)
{
	struct uuid id = uuid_create(), event = uuid_create();
	struct client_secret stored = {.phc = NULL};
	const char *document, *client_id, *secret = NULL;
	struct registration_request request;
	struct db_rows rows;
	enum result result;

	*out = (struct client_registration){.error = NULL};
	if (!registration_check(call->arena, metadata, call->realm->scopes, &request, out))
		return (RESULT_OK);
	document = document_of(call->arena, &request);
	if (document == NULL) {
		out->error = "invalid_client_metadata";
		out->error_description = "the metadata is larger than 49152 bytes";
		return (RESULT_OK);
	}
	client_id = request.client_id != NULL ? arena_string(call->arena, request.client_id)
					      : uuid_string(call->arena, &id);
	if (client_auth_method_has_secret(request.auth_method)) {
		secret = request.client_secret != NULL
			     ? arena_string(call->arena, request.client_secret)
			     : bearer_create(call->arena, CLIENT_SECRET_PREFIX);
		result = client_secret_store(call, secret, &stored);
		if (result != RESULT_OK)
			return (result);
	}
	result = db_run(call, STATEMENT_clients_register,
	    DB_VALUES(db_uuid(&call->realm->id), db_uuid(&id), db_text(client_id),
		db_text(document), db_text(policy_of(call->arena, &request)),
		secret != NULL && stored.phc == NULL ? db_bytes(stored.digest, SHA256_BYTES)
						     : db_null(),
		db_text(stored.phc), db_uuid(&event)),
	    &rows);
	if (result != RESULT_OK)
		return (result);
	out->id = id;
	out->client_id = client_id;
	out->client_secret = secret;
	return (RESULT_OK);
}

/* The members of a stored document, into the object that is open. */
static bool
write_members(struct json_writer *writer, const char *document)
{
	const char *error, *name;
	json_t *tree, *value;

	tree = parse_json(document, strlen(document), &error);
	if (!json_is_object(tree)) {
		json_decref(tree);
		return (false);
	}
	json_object_foreach(tree, name, value) writer_json(writer, name, value);
	json_decref(tree);
	return (true);
}

enum result
clients_write_metadata(struct call *call, const char *client_id, struct text *out)
{
	struct json_writer writer;
	struct db_rows rows;
	enum result result;

	result = db_run(call, STATEMENT_clients_read_metadata,
	    DB_VALUES(db_uuid(&call->realm->id), db_text(client_id)), &rows);
	if (result != RESULT_OK)
		return (result);
	writer_init(&writer, out);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "client_id", row_text(&rows, 0, 1));
	writer_integer(&writer, "client_id_issued_at", row_time(&rows, 0, 4) / 1000000);
	writer_text(&writer, "status", row_text(&rows, 0, 5));
	if (!write_members(&writer, row_text(&rows, 0, 2)) ||
	    !write_members(&writer, row_text(&rows, 0, 3)))
		return (call_fail(call, RESULT_FAILED, "client metadata cannot be read"));
	writer_object_end(&writer);
	return (RESULT_OK);
}

enum result
clients_find_id(struct call *call, const char *client_id, struct uuid *out)
{
	struct db_rows rows;
	enum result result;

	result = db_run(call, STATEMENT_clients_read_metadata,
	    DB_VALUES(db_uuid(&call->realm->id), db_text(client_id)), &rows);
	if (result == RESULT_OK)
		*out = row_uuid(&rows, 0, 0);
	return (result);
}
