/*
 * What the tests of the subject rooms stand on: a migrated database with the realm "main", the
 * person alice, a confidential and a public client; the driver with several connections; threads
 * with a cheap Argon2id.
 */
#ifndef TESTS_DB_TEST_STORE_FIXTURE_H
#define TESTS_DB_TEST_STORE_FIXTURE_H

#include <check.h>
#include <string.h>

#include "async/threads.h"
#include "base/encoding.h"
#include "base/text.h"
#include "clients/clients.h"
#include "databases.h"
#include "events/events.h"
#include "grants/codes.h"
#include "grants/consents.h"
#include "grants/grants.h"
#include "grants/refresh_tokens.h"
#include "keys/keys.h"
#include "people/passwords.h"
#include "people/users.h"
#include "realms/realms.h"
#include "sessions/sessions.h"

#define STORE_PASSWORD "correct horse battery staple"

extern struct store {
	struct database database;
	struct user alice;
	struct uuid app, page; /* struct client.id: confidential, public */
	char app_secret[128];
} store;

/* Checked fixtures. */
void store_setup(void);
void store_teardown(void);

/* Runs body as a call in the realm main. */
void store_run(void (*body)(struct call *));
/* The same in another realm. */
void store_run_in(const char *realm, void (*body)(struct call *));
/* `count` calls at once, each with an element of its own; returns when all are over. */
void store_run_many(
    size_t count, void (*body)(struct call *, void *), void *elements, size_t element_size);
/* From now on db_now() is that much later. Not inside a call. */
void store_shift_clock(int64_t seconds);
/* Changes rows behind the rooms' back; and one integer. */
void store_sql(const char *format, ...) __attribute__((format(printf, 1, 2)));
long long store_ask(const char *format, ...) __attribute__((format(printf, 1, 2)));
long long store_events(const char *kind);
/* A client of that metadata, registered. */
struct client_registration store_register(struct call *, const char *metadata);

/* A client of that id that may refresh, without a policy of its own. */
struct client store_client(const struct uuid *id);

/* A session of alice's; a code of it for that client; the grant it starts. */
const char *store_sign_in(struct call *, struct session *out);
void store_code(struct call *, const struct session *, const struct uuid *client, const char *scope,
    struct authorization_code *out);
void store_grant(struct call *, const struct session *, const struct uuid *client,
    const char *scope, struct grant *out);
bool store_is_active(struct call *, const struct grant *);

#endif
