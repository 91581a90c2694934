/*
 * GET /.well-known/openid-configuration: OpenID Connect Discovery 1.0.
 * GET /.well-known/oauth-authorization-server: RFC 8414.
 */
#include "oauth/discovery.h"

#include "base/json.h"
#include "jose/jose.h"
#include "login/factors.h"
#include "oauth/authorize_checks.h"
#include "oauth/authorize_reply.h"
#include "oauth/client_auth.h"
#include "oauth/endpoints.h"
#include "oauth/grants.h"
#include "oauth/pkce.h"
#include "oauth/public_json.h"
#include "oauth/scopes.h"

enum { DISCOVERY_BODY_MAX = 64 * 1024 };

static const struct {
	const char *name, *path;
} endpoints[] = {
    {"authorization_endpoint", OAUTH_AUTHORIZE_PATH},
    {"token_endpoint", OAUTH_TOKEN_PATH},
    {"userinfo_endpoint", OAUTH_USERINFO_PATH},
    {"jwks_uri", OAUTH_JWKS_PATH},
    {"introspection_endpoint", OAUTH_INTROSPECT_PATH},
    {"revocation_endpoint", OAUTH_REVOKE_PATH},
    {"end_session_endpoint", OAUTH_END_SESSION_PATH},
};

/* Of the ID token itself; what scopes open comes after them. */
static const char protocol_claims[] = "sub iss aud exp iat auth_time nonce acr amr azp at_hash sid";

/* What has no elements is left out (OpenID Connect Discovery, 4.2). */
static void
list_write(struct json_writer *writer, const char *name, const char *words)
{
	if (words[0] != '\0')
		writer_list(writer, name, words);
}

static void
endpoints_write(struct json_writer *writer, struct arena *arena, const struct realm *realm)
{
	size_t i;

	for (i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++)
		writer_text(writer, endpoints[i].name,
		    arena_format(arena, "%s%s", realm->issuer, endpoints[i].path));
}

static void
methods_write(struct json_writer *writer, const char *name, enum client_need need)
{
	size_t i;

	writer_array_begin(writer, name);
	for (i = 0; i < client_authentications_count; i++) {
		if (need == CLIENT_ANY || client_authentications[i]->method != CLIENT_AUTH_NONE)
			writer_text(writer, NULL, client_authentications[i]->name);
	}
	writer_array_end(writer);
}

static void
algorithms_write(struct json_writer *writer, const char *name)
{
	size_t i;

	writer_array_begin(writer, name);
	for (i = 0; i < JOSE_ALGORITHMS; i++)
		writer_text(writer, NULL, jose_algorithm_name((enum jose_algorithm)i));
	writer_array_end(writer);
}

static void
tables_write(struct json_writer *writer)
{
	size_t i;

	writer_array_begin(writer, "response_modes_supported");
	for (i = 0; i < response_modes_count; i++)
		writer_text(writer, NULL, response_modes[i].name);
	writer_array_end(writer);
	writer_array_begin(writer, "grant_types_supported");
	for (i = 0; i < grant_types_count; i++)
		writer_text(writer, NULL, grant_types[i]->name);
	writer_array_end(writer);
	algorithms_write(writer, "id_token_signing_alg_values_supported");
	algorithms_write(writer, "userinfo_signing_alg_values_supported");
	algorithms_write(writer, "token_endpoint_auth_signing_alg_values_supported");
	algorithms_write(writer, "revocation_endpoint_auth_signing_alg_values_supported");
	algorithms_write(writer, "introspection_endpoint_auth_signing_alg_values_supported");
	methods_write(writer, "token_endpoint_auth_methods_supported", CLIENT_ANY);
	methods_write(writer, "revocation_endpoint_auth_methods_supported", CLIENT_ANY);
	methods_write(writer, "introspection_endpoint_auth_methods_supported", CLIENT_CONFIDENTIAL);
}

static void
claims_write(struct json_writer *writer, struct arena *arena, const struct realm *realm)
{
	const char *cursor = protocol_claims, *name;

	writer_array_begin(writer, "claims_supported");
	while ((name = text_list_next(arena, &cursor)) != NULL)
		writer_text(writer, NULL, name);
	scopes_write_claim_names(writer, realm->scopes);
	writer_array_end(writer);
}

void
discovery_write(const struct realm *realm, struct text *out)
{
	struct json_writer writer;

	writer_init(&writer, out);
	writer_object_begin(&writer, NULL);
	writer_text(&writer, "issuer", realm->issuer);
	endpoints_write(&writer, out->arena, realm);
	list_write(&writer, "scopes_supported", realm->scopes);
	writer_list(&writer, "response_types_supported", AUTHORIZE_RESPONSE_TYPES);
	tables_write(&writer);
	writer_list(&writer, "code_challenge_methods_supported", PKCE_METHOD);
	writer_list(&writer, "prompt_values_supported", AUTHORIZE_PROMPTS);
	writer_list(&writer, "display_values_supported", AUTHORIZE_DISPLAYS);
	writer_list(&writer, "acr_values_supported", factors_acrs(out->arena));
	writer_list(&writer, "subject_types_supported", "public");
	writer_list(&writer, "claim_types_supported", "normal");
	claims_write(&writer, out->arena, realm);
	writer_boolean(&writer, "authorization_response_iss_parameter_supported", true);
	writer_boolean(&writer, "claims_parameter_supported", true);
	writer_boolean(&writer, "request_parameter_supported", false);
	writer_boolean(&writer, "request_uri_parameter_supported", false);
	writer_object_end(&writer);
}

struct reply
oauth_openid_configuration(struct call *call)
{
	struct text body;

	text_init(&body, call->arena, DISCOVERY_BODY_MAX);
	discovery_write(call->realm, &body);
	return (public_json_reply(call, &body));
}

struct reply
oauth_server_metadata(struct call *call)
{
	return (oauth_openid_configuration(call));
}
