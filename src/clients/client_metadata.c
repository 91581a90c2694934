/* The RFC 7591 document of a client, as it stands in the database. */
#include "clients/client_metadata.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "clients/client_policy.h"

static const struct {
	const char *name;
	bool has_secret;
} auth_methods[] = {
    [CLIENT_AUTH_NONE] = {"none", false},
    [CLIENT_AUTH_SECRET_BASIC] = {"client_secret_basic", true},
    [CLIENT_AUTH_SECRET_POST] = {"client_secret_post", true},
    [CLIENT_AUTH_PRIVATE_KEY_JWT] = {"private_key_jwt", false},
};

static const struct {
	const char *name;
	unsigned bit;
} grants[] = {
    {"authorization_code", CLIENT_GRANT_AUTHORIZATION_CODE},
    {"refresh_token", CLIENT_GRANT_REFRESH_TOKEN},
    {"client_credentials", CLIENT_GRANT_CLIENT_CREDENTIALS},
};

enum {
	AUTH_METHODS = sizeof(auth_methods) / sizeof(auth_methods[0]),
	GRANTS = sizeof(grants) / sizeof(grants[0])
};

bool
client_auth_method_find(const char *name, enum client_auth_method *out)
{
	size_t i;

	for (i = 0; i < AUTH_METHODS; i++)
		if (text_equal(auth_methods[i].name, name)) {
			*out = (enum client_auth_method)i;
			return (true);
		}
	return (false);
}

const char *
client_auth_method_name(enum client_auth_method method)
{
	return (auth_methods[method].name);
}

bool
client_auth_method_has_secret(enum client_auth_method method)
{
	return (auth_methods[method].has_secret);
}

unsigned
client_grant_find(const char *name)
{
	size_t i;

	for (i = 0; i < GRANTS; i++)
		if (text_equal(grants[i].name, name))
			return (grants[i].bit);
	return (0);
}

const char *
client_grants_list(struct arena *arena, unsigned set)
{
	struct text text;
	size_t i;

	text_init(&text, arena, 256);
	for (i = 0; i < GRANTS; i++)
		if ((set & grants[i].bit) != 0)
			text_list_add(&text, grants[i].name);
	return (text.data);
}

static const char **
read_strings(struct arena *arena, const json_t *document, const char *name, size_t *count)
{
	const json_t *array = member_array(document, name);
	const char **list, *text;
	size_t length = json_array_size(array), i;

	if (length > CLIENT_URIS_MAX)
		length = CLIENT_URIS_MAX;
	*count = 0;
	list = arena_alloc(arena, (length + 1) * sizeof(*list));
	for (i = 0; i < length; i++) {
		text = json_string_value(json_array_get(array, i));
		if (text != NULL)
			list[(*count)++] = arena_string(arena, text);
	}
	return (list);
}

static unsigned
read_grants(const json_t *document)
{
	const json_t *array = member_array(document, "grant_types");
	const char *name;
	unsigned set = 0;
	size_t i;

	if (array == NULL)
		return (CLIENT_GRANT_AUTHORIZATION_CODE);
	for (i = 0; i < json_array_size(array); i++) {
		name = json_string_value(json_array_get(array, i));
		if (name != NULL)
			set |= client_grant_find(name);
	}
	return (set);
}

/* What was registered was checked then; another value counts as absent. */
static bool
read_algorithm(const json_t *document, const char *name, enum jose_algorithm *out)
{
	const char *text = member_text(document, name);

	return (text != NULL && jose_algorithm_find(text, out));
}

/* As text: client_keys.c parses it when it is needed. */
static const char *
read_jwks(struct arena *arena, const json_t *document)
{
	const json_t *jwks = member_object(document, "jwks");
	size_t length;

	return (jwks == NULL ? NULL : print_json(arena, jwks, &length));
}

static void
read_document(struct arena *arena, const json_t *document, struct client *out)
{
	const char *text;

	text = member_text(document, "client_name");
	out->name = text != NULL ? arena_string(arena, text) : out->client_id;
	out->auth_method = CLIENT_AUTH_SECRET_BASIC;
	text = member_text(document, "token_endpoint_auth_method");
	if (text != NULL && !client_auth_method_find(text, &out->auth_method))
		log_warning("client with an unknown token_endpoint_auth_method",
		    FIELD("client_id", out->client_id));
	out->assertion_alg = JOSE_RS256;
	read_algorithm(document, "token_endpoint_auth_signing_alg", &out->assertion_alg);
	out->jwks = read_jwks(arena, document);
	out->jwks_uri = arena_string(arena, member_text(document, "jwks_uri"));
	out->grants = read_grants(document);
	out->redirect_uris =
	    read_strings(arena, document, "redirect_uris", &out->redirect_uri_count);
	out->post_logout_redirect_uris = read_strings(
	    arena, document, "post_logout_redirect_uris", &out->post_logout_redirect_uri_count);
	text = member_text(document, "scope");
	out->scope = arena_string(arena, text != NULL ? text : "");
	out->is_native = text_equal(member_text(document, "application_type"), "native");
	out->id_token_alg = JOSE_RS256;
	read_algorithm(document, "id_token_signed_response_alg", &out->id_token_alg);
	out->signs_userinfo =
	    read_algorithm(document, "userinfo_signed_response_alg", &out->userinfo_alg);
	out->client_uri = arena_string(arena, member_text(document, "client_uri"));
	out->policy_uri = arena_string(arena, member_text(document, "policy_uri"));
	out->tos_uri = arena_string(arena, member_text(document, "tos_uri"));
}

void
client_metadata_read(
    struct arena *arena, const char *metadata, const char *policy, struct client *out)
{
	const char *error = NULL;
	json_t *document, *rules;
	const char *problem;

	document = parse_json(metadata, strlen(metadata), &error);
	rules = parse_json(policy, strlen(policy), &error);
	if (document == NULL || rules == NULL)
		log_error("client metadata cannot be read", FIELD("client_id", out->client_id),
		    FIELD("error", error));
	read_document(arena, document, out);
	problem =
	    client_policy_read(arena, rules, out->auth_method == CLIENT_AUTH_NONE, &out->policy);
	if (problem != NULL)
		log_warning("client with a policy that is not right, defaults taken",
		    FIELD("client_id", out->client_id), FIELD("problem", problem));
	json_decref(document);
	json_decref(rules);
}
