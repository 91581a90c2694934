/* latchkey jose verify */
#include <string.h>

#include "base/encoding.h"
#include "cli/cli.h"
#include "cli/jose_lines.h"

static enum jwk_set_verdict
verify_with_key(
    const json_t *jwk, const struct jws *jws, enum jose_algorithm algorithm, const char **error)
{
	bool is_right;
	struct jose_key *key;

	if ((key = jose_key_from_jwk(jwk, algorithm, error)) == NULL)
		return (JWK_SET_NO_KEY);
	is_right = jws_verify(jws, algorithm, key);
	jose_key_free(key);
	return (is_right ? JWK_SET_VERIFIED : JWK_SET_BAD_SIGNATURE);
}

static enum jwk_set_verdict
verify_with_set(struct arena *arena, const json_t *jwks, const struct jws *jws,
    enum jose_algorithm algorithm, const char **error)
{
	size_t length;
	const char *json = print_json(arena, jwks, &length);
	const struct jwk_set *set = jwk_set_parse(arena, json, length, false, error);

	return (set == NULL ? JWK_SET_NO_KEY : jwk_set_verify(set, jws, algorithm));
}

static void
write_parts(
    struct json_writer *writer, struct arena *arena, const char *token, const struct jws *jws)
{
	size_t length;
	uint8_t *bytes;
	const char *error, *payload = (const char *)jws->payload;
	json_t *tree;

	if (base64url_decode(arena, token, strcspn(token, "."), &bytes, &length) &&
	    (tree = parse_json((const char *)bytes, length, &error)) != NULL) {
		writer_json(writer, "header", tree);
		json_decref(tree);
	}
	if ((tree = parse_json(payload, jws->payload_length, &error)) != NULL)
		writer_json(writer, "payload", tree);
	else if (text_is_utf8(payload, jws->payload_length))
		writer_text(
		    writer, "payload", arena_substring(arena, payload, jws->payload_length));
	else
		writer_text(writer, "payload_base64url",
		    base64url_encode(arena, payload, jws->payload_length));
	json_decref(tree);
}

static void
refuse(struct json_writer *writer, const char *reason)
{
	writer_boolean(writer, "valid", false);
	writer_text(writer, "reason", reason);
}

static bool
jose_verify_answer(
    struct arena *arena, const json_t *line, struct json_writer *writer, const char **error)
{
	static const char *const reasons[] = {
	    [JWK_SET_NO_KEY] = "no_key",
	    [JWK_SET_BAD_SIGNATURE] = "bad_signature",
	};
	const char *token = member_text(line, "token"), *typ = member_text(line, "typ");
	const char *name = member_text(line, "alg"), *unsound = NULL;
	const json_t *jwk = member_object(line, "jwk"), *jwks = member_object(line, "jwks");
	enum jose_algorithm algorithm;
	enum jwk_set_verdict verdict;
	struct jws jws;

	*error = "token, alg and one of jwk and jwks are wanted";
	if (token == NULL || name == NULL || (jwk == NULL) == (jwks == NULL))
		return (false);
	if (!jose_algorithm_find(name, &algorithm)) {
		refuse(writer, "unsupported_algorithm");
		return (true);
	}
	if (!jws_parse(arena, token, &jws)) {
		refuse(writer, "malformed");
		return (true);
	}
	verdict = jwk != NULL ? verify_with_key(jwk, &jws, algorithm, &unsound)
			      : verify_with_set(arena, jwks, &jws, algorithm, &unsound);
	if (unsound != NULL) {
		*error = unsound;
		return (false);
	}
	if (!text_equal(jws.alg, name)) {
		refuse(writer, "wrong_algorithm");
	} else if (typ != NULL && !text_equal(jws.typ, typ)) {
		refuse(writer, "wrong_type");
	} else if (verdict != JWK_SET_VERIFIED) {
		refuse(writer, reasons[verdict]);
	} else {
		writer_boolean(writer, "valid", true);
		write_parts(writer, arena, token, &jws);
	}
	return (true);
}

static int
jose_verify_run(const struct cli_arguments *arguments)
{
	(void)arguments;
	return (jose_lines_run(jose_verify_answer));
}

const struct command command_jose_verify = {
    .words = "jose verify",
    .arguments = "",
    .help = "Verify tokens: JSON lines with token, alg, jwk or jwks, typ",
    .run = jose_verify_run,
};
