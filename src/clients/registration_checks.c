/* RFC 7591 metadata, checked before anything is written. */
#include "clients/registration_checks.h"

#include <string.h>

#include "async/fetch_policy.h"
#include "base/text.h"
#include "clients/client_metadata.h"
#include "clients/client_policy.h"
#include "people/phc.h"

enum { NAME_MAX_BYTES = 200, SCOPE_MAX_BYTES = 2000, CONTACTS_MAX = 10, CONTACT_MAX_BYTES = 254 };

struct checking {
	struct arena *arena;
	struct registration_request *request;
	struct client_registration *out;
	const struct jwk_set *keys; /* of jwks; NULL for none */
};

const char *const registration_texts[] = {
    "client_name", "client_uri", "policy_uri", "tos_uri", NULL};

static bool refuse(struct checking *, const char *, const char *, ...)
    __attribute__((format(printf, 3, 4)));

/* Returns false, so that `return (refuse(...))` reads well. */
static bool
refuse(struct checking *checking, const char *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	checking->out->error = error;
	checking->out->error_description = arena_vformat(checking->arena, format, args);
	va_end(args);
	return (false);
}

static const char invalid[] = "invalid_client_metadata";

static const json_t *
member(const struct checking *checking, const char *name)
{
	return (member_value(checking->request->metadata, name));
}

/* *out stays as it is when the member is absent. */
static bool
read_text(struct checking *checking, const char *name, size_t most, const char **out)
{
	const json_t *value = member(checking, name);
	const char *text;
	size_t length, i;

	if (value == NULL)
		return (true);
	text = json_string_value(value);
	if (text == NULL)
		return (refuse(checking, invalid, "%s is not a string", name));
	length = json_string_length(value);
	if (length == 0 || length > most || strlen(text) != length)
		return (
		    refuse(checking, invalid, "%s is empty or longer than %zu bytes", name, most));
	for (i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return (refuse(checking, invalid, "%s has control characters", name));
	*out = text;
	return (true);
}

/* NULL in *out when absent. */
static bool
read_array(struct checking *checking, const char *name, size_t most, const json_t **out)
{
	const json_t *value = member(checking, name);
	size_t i;

	*out = value;
	if (value == NULL)
		return (true);
	if (!json_is_array(value) || json_array_size(value) > most)
		return (refuse(
		    checking, invalid, "%s is not an array of at most %zu strings", name, most));
	for (i = 0; i < json_array_size(value); i++)
		if (!json_is_string(json_array_get(value, i)))
			return (refuse(checking, invalid, "%s holds what is not a string", name));
	return (true);
}

/* RFC 6749, A.1 and A.2: printable ASCII, a space inside is allowed. */
static bool
is_printable(const char *text)
{
	size_t i;

	for (i = 0; text[i] != '\0'; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return (false);
	return (i > 0 && text[0] != ' ' && text[i - 1] != ' ');
}

static bool
check_credentials(struct checking *checking)
{
	struct registration_request *request = checking->request;

	if (!read_text(checking, "client_id", CLIENT_ID_MAX, &request->client_id) ||
	    !read_text(checking, "client_secret", PHC_SECRET_MAX, &request->client_secret))
		return (false);
	if (request->client_id != NULL && !is_printable(request->client_id))
		return (refuse(checking, invalid, "client_id is not printable ASCII"));
	if (request->client_secret != NULL && !is_printable(request->client_secret))
		return (refuse(checking, invalid, "client_secret is not printable ASCII"));
	if (request->client_secret != NULL && !client_auth_method_has_secret(request->auth_method))
		return (refuse(checking, invalid,
		    "client_secret does not go with token_endpoint_auth_method %s",
		    client_auth_method_name(request->auth_method)));
	return (true);
}

static bool
check_auth_method(struct checking *checking)
{
	const char *name = "client_secret_basic";

	if (!read_text(checking, "token_endpoint_auth_method", NAME_MAX_BYTES, &name))
		return (false);
	if (!client_auth_method_find(name, &checking->request->auth_method))
		return (refuse(checking, invalid,
		    "token_endpoint_auth_method is none of none, client_secret_basic, "
		    "client_secret_post, private_key_jwt"));
	return (true);
}

static bool
check_grants(struct checking *checking)
{
	struct registration_request *request = checking->request;
	const json_t *array;
	unsigned bit;
	size_t i;

	if (!read_array(checking, "grant_types", 16, &array))
		return (false);
	request->grants = array == NULL ? CLIENT_GRANT_AUTHORIZATION_CODE : 0;
	for (i = 0; i < json_array_size(array); i++) {
		bit = client_grant_find(json_string_value(json_array_get(array, i)));
		if (bit == 0)
			return (refuse(checking, invalid,
			    "grant_types has one that is none of authorization_code, "
			    "refresh_token, "
			    "client_credentials"));
		request->grants |= bit;
	}
	if (request->grants == 0 || request->grants == CLIENT_GRANT_REFRESH_TOKEN)
		return (
		    refuse(checking, invalid, "grant_types has none that a client can begin with"));
	if ((request->grants & CLIENT_GRANT_CLIENT_CREDENTIALS) != 0 &&
	    request->auth_method == CLIENT_AUTH_NONE)
		return (refuse(checking, invalid,
		    "client_credentials does not go with token_endpoint_auth_method none"));
	return (true);
}

static bool
check_response_types(struct checking *checking)
{
	bool has_code = (checking->request->grants & CLIENT_GRANT_AUTHORIZATION_CODE) != 0;
	const json_t *array;
	size_t i;

	if (!read_array(checking, "response_types", 16, &array))
		return (false);
	for (i = 0; i < json_array_size(array); i++)
		if (!text_equal(json_string_value(json_array_get(array, i)), "code"))
			return (refuse(checking, invalid, "response_types may hold code only"));
	if (array != NULL && (json_array_size(array) > 0) != has_code)
		return (refuse(checking, invalid,
		    "response_types and grant_types do not go together: code needs "
		    "authorization_code and the other way round"));
	return (true);
}

static bool
check_uri_list(struct checking *checking, const char *name, const char *error, size_t *count)
{
	const char *sentence, *uri;
	const json_t *array;
	size_t i;

	if (!read_array(checking, name, CLIENT_URIS_MAX, &array))
		return (false);
	*count = json_array_size(array);
	for (i = 0; i < *count; i++) {
		uri = json_string_value(json_array_get(array, i));
		sentence = redirect_uri_error(uri, checking->request->is_native);
		if (sentence != NULL)
			return (
			    refuse(checking, error, "%s: number %zu %s", name, i + 1, sentence));
	}
	return (true);
}

static bool
check_redirects(struct checking *checking)
{
	struct registration_request *request = checking->request;
	const char *type = "web";
	size_t count, ignored;

	if (!read_text(checking, "application_type", NAME_MAX_BYTES, &type))
		return (false);
	request->is_native = text_equal(type, "native");
	if (!request->is_native && !text_equal(type, "web"))
		return (refuse(checking, invalid, "application_type is neither web nor native"));
	if (!check_uri_list(checking, "redirect_uris", "invalid_redirect_uri", &count) ||
	    !check_uri_list(checking, "post_logout_redirect_uris", invalid, &ignored))
		return (false);
	if (count == 0 && (request->grants & CLIENT_GRANT_AUTHORIZATION_CODE) != 0)
		return (refuse(checking, "invalid_redirect_uri",
		    "redirect_uris is empty, which authorization_code cannot do with"));
	return (true);
}

/* They become links on pages that people see. */
static bool
is_web_link(const char *uri)
{
	size_t i;

	if (!text_starts_with(uri, "https://") && !text_starts_with(uri, "http://"))
		return (false);
	for (i = 0; uri[i] != '\0'; i++)
		if (uri[i] <= 0x20 || uri[i] >= 0x7f || strchr("\"<>\\^`{|}", uri[i]) != NULL)
			return (false);
	return (true);
}

static bool
check_texts(struct checking *checking)
{
	const char *text;
	const json_t *array;
	bool is_uri;
	size_t i;

	for (i = 0; registration_texts[i] != NULL; i++) {
		text = NULL;
		is_uri = strstr(registration_texts[i], "_uri") != NULL;
		if (!read_text(checking, registration_texts[i],
			is_uri ? CLIENT_URI_BYTES_MAX : NAME_MAX_BYTES, &text))
			return (false);
		if (is_uri && text != NULL && !is_web_link(text))
			return (refuse(checking, invalid, "%s is not an http or https address",
			    registration_texts[i]));
	}
	if (!read_array(checking, "contacts", CONTACTS_MAX, &array))
		return (false);
	for (i = 0; i < json_array_size(array); i++)
		if (json_string_length(json_array_get(array, i)) > CONTACT_MAX_BYTES)
			return (
			    refuse(checking, invalid, "contacts has one longer than 254 bytes"));
	return (true);
}

static bool
check_scope(struct checking *checking, const char *scope_default)
{
	struct registration_request *request = checking->request;
	const json_t *value = member(checking, "scope");

	request->scope =
	    (request->grants & CLIENT_GRANT_AUTHORIZATION_CODE) != 0 ? scope_default : "";
	if (json_string_length(value) == 0 && json_is_string(value))
		request->scope = "";
	else if (!read_text(checking, "scope", SCOPE_MAX_BYTES, &request->scope))
		return (false);
	if (request->scope[0] != '\0' && !text_list_is_well_formed(request->scope))
		return (refuse(
		    checking, invalid, "scope is not a list of words between single spaces"));
	return (true);
}

/* NULL in *out when absent. */
static bool
read_algorithm(struct checking *checking, const char *name, const char **out)
{
	enum jose_algorithm algorithm;

	if (!read_text(checking, name, NAME_MAX_BYTES, out))
		return (false);
	if (*out != NULL && !jose_algorithm_find(*out, &algorithm))
		return (
		    refuse(checking, invalid, "%s is not an algorithm that is spoken here", name));
	return (true);
}

static bool
check_algorithms(struct checking *checking)
{
	struct registration_request *request = checking->request;

	request->id_token_alg = jose_algorithm_name(JOSE_RS256);
	return (read_algorithm(checking, "id_token_signed_response_alg", &request->id_token_alg) &&
		read_algorithm(checking, "userinfo_signed_response_alg", &request->userinfo_alg));
}

/* J-09: every key of it is sound and public. */
static bool
check_jwks(struct checking *checking, const json_t *jwks)
{
	const char *problem, *text;
	size_t length;

	text = print_json(checking->arena, jwks, &length);
	if (!json_is_object(jwks) || length > JWK_SET_BYTES_MAX)
		return (refuse(checking, invalid, "jwks is not an object of at most %d bytes",
		    JWK_SET_BYTES_MAX));
	checking->keys = jwk_set_parse(checking->arena, text, length, true, &problem);
	if (checking->keys == NULL)
		return (refuse(checking, invalid, "jwks: %s", problem));
	return (true);
}

/* RFC 7591, 2: where the keys are, in one place. */
static bool
check_keys(struct checking *checking)
{
	struct registration_request *request = checking->request;
	const char *problem;

	request->jwks = member(checking, "jwks");
	if (!read_text(checking, "jwks_uri", CLIENT_URI_BYTES_MAX, &request->jwks_uri))
		return (false);
	if (request->jwks != NULL && request->jwks_uri != NULL)
		return (refuse(checking, invalid, "jwks and jwks_uri do not go together"));
	if (request->jwks_uri != NULL &&
	    fetch_policy_url(request->jwks_uri, &problem) == FETCH_REFUSED)
		return (refuse(checking, invalid, "jwks_uri %s", problem));
	return (request->jwks == NULL || check_jwks(checking, request->jwks));
}

/* What private_key_jwt needs. */
static bool
check_assertions(struct checking *checking)
{
	struct registration_request *request = checking->request;
	enum jose_algorithm algorithm = JOSE_RS256;

	if (!read_algorithm(checking, "token_endpoint_auth_signing_alg", &request->assertion_alg))
		return (false);
	if (request->auth_method != CLIENT_AUTH_PRIVATE_KEY_JWT)
		return (true);
	if (request->jwks == NULL && request->jwks_uri == NULL)
		return (refuse(checking, invalid, "private_key_jwt needs jwks or jwks_uri"));
	if (request->assertion_alg == NULL)
		request->assertion_alg = jose_algorithm_name(algorithm);
	jose_algorithm_find(request->assertion_alg, &algorithm);
	if (checking->keys != NULL && !jwk_set_has(checking->keys, algorithm))
		return (refuse(checking, invalid,
		    "jwks has no key for token_endpoint_auth_signing_alg %s",
		    request->assertion_alg));
	return (true);
}

static bool
check_policy(struct checking *checking)
{
	struct registration_request *request = checking->request;
	const char *problem = client_policy_read(checking->arena, request->metadata,
	    request->auth_method == CLIENT_AUTH_NONE, &request->policy);

	if (problem != NULL)
		return (refuse(checking, invalid, "%s", problem));
	return (true);
}

bool
registration_check(struct arena *arena, const json_t *metadata, const char *scope_default,
    struct registration_request *request, struct client_registration *out)
{
	struct checking checking = {.arena = arena, .request = request, .out = out};

	*request = (struct registration_request){.metadata = metadata};
	if (!json_is_object(metadata))
		return (refuse(&checking, invalid, "the metadata is not a JSON object"));
	return (check_auth_method(&checking) && check_credentials(&checking) &&
		check_grants(&checking) && check_response_types(&checking) &&
		check_redirects(&checking) && check_texts(&checking) &&
		check_scope(&checking, scope_default) && check_algorithms(&checking) &&
		check_keys(&checking) && check_assertions(&checking) && check_policy(&checking));
}
