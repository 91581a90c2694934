/* THE TABLES of what a client's policy may say. */
#include "clients/client_policy.h"

#include <string.h>

#include "realms/realms.h"

static const char access_token_alg[] = "access_token_signed_response_alg";

static const struct policy_flag {
	const char *name;
	size_t offset;
	bool is_negated;	  /* the name asks for what the member lets off: true by default */
	bool is_fixed_for_public; /* a client without a secret cannot have it otherwise */
} flags[] = {
    {"require_pkce", offsetof(struct client_policy, may_skip_pkce), true, true},
    {"require_nonce", offsetof(struct client_policy, may_skip_nonce), true, false},
    {"skip_consent", offsetof(struct client_policy, skip_consent), false, false},
    {"rotate_refresh_tokens", offsetof(struct client_policy, keeps_refresh_tokens), true, true},
    {"accept_legacy_audience", offsetof(struct client_policy, accepts_old_audience), false, false},
};

/* Bounds are those of the realm's settings of the same names. */
static const struct policy_lifetime {
	const char *name;
	size_t offset;
} lifetimes[] = {
    {"access_token_lifetime", offsetof(struct client_policy, access_token)},
    {"id_token_lifetime", offsetof(struct client_policy, id_token)},
    {"refresh_idle_lifetime", offsetof(struct client_policy, refresh_idle)},
    {"refresh_absolute_lifetime", offsetof(struct client_policy, refresh_absolute)},
    {"refresh_retry_window", offsetof(struct client_policy, refresh_retry_window)},
};

enum {
	FLAGS = sizeof(flags) / sizeof(flags[0]),
	LIFETIMES = sizeof(lifetimes) / sizeof(lifetimes[0])
};

static const char *
read_flags(struct arena *arena, const json_t *object, bool is_public, struct client_policy *policy)
{
	const json_t *value;
	bool is_set;
	size_t i;

	for (i = 0; i < FLAGS; i++) {
		if ((value = member_value(object, flags[i].name)) == NULL)
			continue;
		if (!json_is_boolean(value))
			return (arena_format(arena, "%s is not a boolean", flags[i].name));
		is_set = json_is_true(value) != flags[i].is_negated;
		if (is_set && is_public && flags[i].is_fixed_for_public)
			return (arena_format(arena,
			    "%s %s does not go with token_endpoint_auth_method none", flags[i].name,
			    json_is_true(value) ? "true" : "false"));
		memcpy((char *)policy + flags[i].offset, &is_set, sizeof(is_set));
	}
	return (NULL);
}

static const char *
read_lifetimes(struct arena *arena, const json_t *object, struct client_policy *policy)
{
	struct own_lifetime own = {.is_own = true};
	size_t i;

	for (i = 0; i < LIFETIMES; i++) {
		if (member_value(object, lifetimes[i].name) == NULL)
			continue;
		if (!member_integer(object, lifetimes[i].name, &own.seconds) ||
		    !realms_lifetime_is_allowed(lifetimes[i].name, own.seconds))
			return (arena_format(arena,
			    "%s is not a number of seconds within the bounds of the realm's "
			    "setting",
			    lifetimes[i].name));
		memcpy((char *)policy + lifetimes[i].offset, &own, sizeof(own));
	}
	return (NULL);
}

static const char *
read_algorithm(struct arena *arena, const json_t *object, struct client_policy *policy)
{
	if (member_value(object, access_token_alg) == NULL)
		return (NULL);
	if (!jose_algorithm_find(member_text(object, access_token_alg), &policy->access_token_alg))
		return (arena_format(
		    arena, "%s is not an algorithm that is spoken here", access_token_alg));
	return (NULL);
}

const char *
client_policy_read(
    struct arena *arena, const json_t *object, bool is_public, struct client_policy *out)
{
	struct client_policy policy = {.access_token_alg = JOSE_ES256};
	const char *problem;

	*out = policy;
	if ((problem = read_flags(arena, object, is_public, &policy)) != NULL ||
	    (problem = read_lifetimes(arena, object, &policy)) != NULL ||
	    (problem = read_algorithm(arena, object, &policy)) != NULL)
		return (problem);
	*out = policy;
	return (NULL);
}

void
client_policy_write(const struct client_policy *policy, struct json_writer *writer)
{
	struct own_lifetime own;
	bool is_set;
	size_t i;

	writer_object_begin(writer, NULL);
	for (i = 0; i < FLAGS; i++) {
		memcpy(&is_set, (const char *)policy + flags[i].offset, sizeof(is_set));
		writer_boolean(writer, flags[i].name, is_set != flags[i].is_negated);
	}
	for (i = 0; i < LIFETIMES; i++) {
		memcpy(&own, (const char *)policy + lifetimes[i].offset, sizeof(own));
		if (own.is_own)
			writer_integer(writer, lifetimes[i].name, own.seconds);
	}
	writer_text(writer, access_token_alg, jose_algorithm_name(policy->access_token_alg));
	writer_object_end(writer);
}

static int64_t
either(struct own_lifetime of_client, int64_t of_realm)
{
	return (of_client.is_own ? of_client.seconds : of_realm);
}

struct lifetimes
clients_lifetimes(const struct realm *realm, const struct client *client)
{
	const struct client_policy *policy = &client->policy;

	return ((struct lifetimes){
	    .access_token = either(policy->access_token, realm->access_token_lifetime),
	    .id_token = either(policy->id_token, realm->id_token_lifetime),
	    .refresh_idle = either(policy->refresh_idle, realm->refresh_idle_lifetime),
	    .refresh_absolute = either(policy->refresh_absolute, realm->refresh_absolute_lifetime),
	    .refresh_retry_window =
		either(policy->refresh_retry_window, realm->refresh_retry_window),
	});
}
