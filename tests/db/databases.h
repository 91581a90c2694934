/*
 * Databases for tests, in the server that LATCHKEY_TEST_DATABASE_URL (a superuser's) names.
 * Everything here blocks, and fails the test when it does not work. A migrated database is a copy
 * of a template that is migrated once per set of migrations.
 */
#ifndef TESTS_DB_DATABASES_H
#define TESTS_DB_DATABASES_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "async/call.h"
#include "db/db.h"

struct database {
	char name[64];
	char url[1024];
};

void database_create(struct database *, bool is_migrated);
/* A copy of a migrated database that fill() has made more of, once a server; in a process of its
 * own, so that nothing of it stays in memory. */
void database_create_filled(struct database *, void (*fill)(const struct database *));
void database_drop(const struct database *);
/* The url with some more "keyword=value": overrides what is there. Static memory. */
const char *database_url(const struct database *, const char *more);
void database_execute(const struct database *, const char *sql);
long long database_ask(const struct database *, const char *sql); /* one integer */
PGconn *database_connect(const struct database *); /* a session of one's own; PQfinish */
void session_execute(PGconn *, const char *sql);

/* Starts a loop and the driver; lanes of 1 and 1 connections unless changed in settings. */
struct db_settings driver_settings(const struct database *);
void driver_start(const struct db_settings *);
void driver_stop(void);
/* Runs body as a call to its end. */
void driver_run(void (*body)(struct call *, void *), void *argument);
void loop_until(bool (*condition)(void));

/* A call that runs one statement; many can be under way at once. */
struct errand {
	enum statement statement;
	struct db_value values[8];
	size_t count;
	struct call *call;
	enum result result;
	char reason[128];
	long long integer; /* first column of the first row, if it is an integer */
	int rows;
	bool is_over;
	int order; /* of completion, from 1 */
};
void errand_start(struct errand *);
void errand_wait(struct errand *);
void errand_run(struct errand *); /* both */

/* A relay in a process of its own between the driver and the server, to be frozen by SIGSTOP. */
struct relay {
	int pid;
	int port;
};
void relay_start(struct relay *);
void relay_stop(struct relay *);

#endif
