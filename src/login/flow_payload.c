/* The JSON inside a sealed flow. Members with short names: it travels in URLs. */
#include "login/flow_payload.h"

#include <string.h>

#include "base/encoding.h"
#include "base/json.h"
#include "base/secret.h"

enum { PAYLOAD_VERSION = 1 };

/* Texts of the flow by the member that carries them. */
static const struct payload_text {
	const char *member;
	size_t offset;
	bool is_required;
} texts[] = {
    {"client", offsetof(struct flow, client_id), true},
    {"uri", offsetof(struct flow, redirect_uri), true},
    {"scope", offsetof(struct flow, scope), true},
    {"state", offsetof(struct flow, state), false},
    {"nonce", offsetof(struct flow, nonce), false},
    {"pkce", offsetof(struct flow, code_challenge), false},
    {"hint", offsetof(struct flow, login_hint), false},
    {"locales", offsetof(struct flow, ui_locales), false},
    {"mode", offsetof(struct flow, response_mode), true},
    {"subject", offsetof(struct flow, hinted_subject), false},
    {"idclaims", offsetof(struct flow, id_token_claims), false},
    {"uiclaims", offsetof(struct flow, userinfo_claims), false},
    {"acr", offsetof(struct flow, required_acr), false},
};
static const struct payload_flag {
	const char *member;
	size_t offset;
} flags[] = {
    {"sent", offsetof(struct flow, redirect_uri_was_sent)},
    {"login", offsetof(struct flow, prompt_login)},
    {"ask", offsetof(struct flow, prompt_consent)},
    {"choose", offsetof(struct flow, prompt_account)},
    {"denied", offsetof(struct flow, denied)},
};
static const struct payload_id {
	const char *member;
	size_t offset;
} ids[] = {
    {"by", offsetof(struct flow, consented_by)},
    {"as", offsetof(struct flow, chosen_account)},
    {"was", offsetof(struct flow, started_session)},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static char *
browser_digest(struct arena *arena, const char *browser)
{
	uint8_t digest[SHA256_BYTES];

	sha256(browser, strlen(browser), digest);
	return (base64url_encode(arena, digest, sizeof(digest)));
}

void
flow_payload_write(const struct flow *flow, const char *browser, struct text *out)
{
	const char *base = (const char *)flow;
	struct json_writer writer;
	struct uuid id;
	const char *text;
	bool flag;
	size_t i;

	writer_init(&writer, out);
	writer_object_begin(&writer, NULL);
	writer_integer(&writer, "v", PAYLOAD_VERSION);
	writer_text(&writer, "browser", browser_digest(out->arena, browser));
	writer_integer(&writer, "exp", flow->expires_at);
	if (flow->max_age >= 0)
		writer_integer(&writer, "age", flow->max_age);
	for (i = 0; i < COUNT(texts); i++) {
		memcpy(&text, base + texts[i].offset, sizeof(text));
		writer_text_if(&writer, texts[i].member, text);
	}
	for (i = 0; i < COUNT(flags); i++) {
		memcpy(&flag, base + flags[i].offset, sizeof(flag));
		if (flag)
			writer_boolean(&writer, flags[i].member, true);
	}
	for (i = 0; i < COUNT(ids); i++) {
		memcpy(&id, base + ids[i].offset, sizeof(id));
		if (!uuid_is_zero(&id))
			writer_text(&writer, ids[i].member, uuid_string(out->arena, &id));
	}
	writer_object_end(&writer);
}

static bool
read_texts(struct arena *arena, const json_t *object, struct flow *flow, size_t *members)
{
	const char *text;
	size_t i;

	for (i = 0; i < COUNT(texts); i++) {
		text = arena_string(arena, member_text(object, texts[i].member));
		if (text == NULL && texts[i].is_required)
			return (false);
		*members += text != NULL;
		memcpy((char *)flow + texts[i].offset, &text, sizeof(text));
	}
	return (true);
}

static void
read_flags(const json_t *object, struct flow *flow, size_t *members)
{
	bool flag;
	size_t i;

	for (i = 0; i < COUNT(flags); i++) {
		flag = member_boolean(object, flags[i].member, false);
		*members += flag;
		memcpy((char *)flow + flags[i].offset, &flag, sizeof(flag));
	}
}

static bool
read_ids(const json_t *object, struct flow *flow, size_t *members)
{
	const char *text;
	struct uuid id;
	size_t i;

	for (i = 0; i < COUNT(ids); i++) {
		if ((text = member_text(object, ids[i].member)) == NULL)
			continue;
		if (!uuid_parse(text, &id))
			return (false);
		*members += 1;
		memcpy((char *)flow + ids[i].offset, &id, sizeof(id));
	}
	return (true);
}

/* Version, browser and expiry: is it for this browser, now? */
static bool
read_binding(struct arena *arena, const json_t *object, const char *browser, int64_t now,
    struct flow *flow, size_t *members)
{
	const char *bound = member_text(object, "browser");
	const char *digest = browser_digest(arena, browser);
	int64_t version;

	if (!member_integer(object, "v", &version) || version != PAYLOAD_VERSION)
		return (false);
	if (bound == NULL || !secret_equal(bound, strlen(bound), digest, strlen(digest)))
		return (false);
	if (!member_integer(object, "exp", &flow->expires_at) || flow->expires_at <= now)
		return (false);
	*members += 3;
	if (member_integer(object, "age", &flow->max_age))
		*members += 1;
	else
		flow->max_age = -1;
	return (true);
}

bool
flow_payload_read(struct arena *arena, const char *payload, size_t length, const char *browser,
    int64_t now, struct flow *out)
{
	struct flow flow = {0};
	size_t members = 0;
	const char *error;
	json_t *object;
	bool is_read;

	if ((object = parse_json(payload, length, &error)) == NULL)
		return (false);
	is_read = read_binding(arena, object, browser, now, &flow, &members) &&
		  read_texts(arena, object, &flow, &members) && read_ids(object, &flow, &members);
	if (is_read)
		read_flags(object, &flow, &members);
	/* Whatever was not understood is not ours: nothing may travel along unread. */
	is_read = is_read && json_object_size(object) == members;
	json_decref(object);
	if (is_read)
		*out = flow;
	return (is_read);
}
