/*
 * PostgreSQL without blocking: libpq in pipeline mode on our loop. Every statement comes from the
 * catalogue (x.sql beside the x.c that runs them), is prepared once per connection, and names its
 * lane: reads never queue behind a write that waits for a lock. Results are in binary format;
 * rows.c reads them.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "async/call.h"
#include "base/ids.h"
#include "statements.h" /* build/statements.h: enum statement { STATEMENT_<name>, ... } */

/* A parameter. text: sent as text, the server converts to the parameter's type. bytes: binary
 * bytea. uuid: binary. */
struct db_value {
	const void *data; /* NULL is SQL NULL */
	int length;
	int is_binary;
};

struct db_value db_text(const char *); /* NULL is SQL NULL; borrowed until db_run returns */
struct db_value db_bytes(const void *, size_t length); /* borrowed */
struct db_value db_uuid(const struct uuid *);	       /* NULL is SQL NULL; borrowed */
struct db_value db_integer(struct call *, int64_t);    /* any integer type: sent as text */
struct db_value db_boolean(bool);
struct db_value db_null(void);

/* count by the compiler: DB_VALUES(db_uuid(&id), db_text(name)) */
#define DB_VALUES(...)                                                                             \
	((const struct db_value[]){__VA_ARGS__}),                                                  \
	    (sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value))
#define DB_NO_VALUES ((const struct db_value *)NULL), ((size_t)0)

struct db_rows {
	int count;    /* rows returned, or rows affected where none are returned */
	void *result; /* PGresult, cleared when the call ends */
};

/*
 * Runs one statement as a transaction of its own.
 *   RESULT_OK; RESULT_NOT_FOUND: a :one statement returned no row; RESULT_CONFLICT: a unique or
 * exclusion constraint was violated (db_constraint() tells which). These three do not stick.
 *   RESULT_CANCELLED, RESULT_UNAVAILABLE (no connection, deadline, breaker open, read-only server),
 * RESULT_FAILED: stick to the call. Serialization failures and deadlocks are retried, at most 3
 * times. What was not yet sent when a connection was lost is sent on another; reads are repeated
 * once. A write is never cut by cancellation.
 */
enum result db_run(
    struct call *, enum statement, const struct db_value *, size_t count, struct db_rows *out);

/* Several statements in one transaction, in order, in one round trip; none may need another's
 * result. The first failure is the result. */
struct db_step {
	enum statement statement;
	const struct db_value *values;
	size_t count;
	struct db_rows rows; /* out */
};
enum result db_run_batch(struct call *, struct db_step *, size_t count);
const char *db_constraint(
    struct call *); /* name of the violated constraint after RESULT_CONFLICT, or "" */

/* Columns count from 0. Wrong types or columns are fatal(): the db suite calls every store
 * function. Text and bytes live until the call ends. */
bool row_is_null(const struct db_rows *, int row, int column);
const char *row_text(
    const struct db_rows *, int row, int column); /* NULL for SQL NULL; text, varchar, name */
const uint8_t *row_bytes(
    const struct db_rows *, int row, int column, size_t *length);  /* bytea; NULL for SQL NULL */
struct uuid row_uuid(const struct db_rows *, int row, int column); /* zero for SQL NULL */
int64_t row_integer(
    const struct db_rows *, int row, int column); /* int2, int4, int8; 0 for SQL NULL */
bool row_boolean(const struct db_rows *, int row, int column); /* false for SQL NULL */
int64_t row_time(const struct db_rows *, int row,
    int column); /* timestamptz: microseconds since 1970; 0 for SQL NULL */

struct db_settings {
	const char *url;	    /* libpq connection string or URI */
	unsigned read_connections;  /* per worker: 2 */
	unsigned write_connections; /* per worker: 4 */
	unsigned deadline_ms;	    /* of one unit of work: 2000 */
	unsigned stalled_ms;	    /* a connection whose head is older gets no new unit: 20 */
	unsigned breaker_timeouts;  /* consecutive timeouts that open the breaker: 5 */
	int64_t clock_shift;	    /* seconds, for tests: what db_now() adds */
};

/* May a connection begin with it? What libpq says of one that is wrong quotes it, password and all:
 * nothing of that is told to anybody. */
bool db_url_is_right(const char *url);

void db_start(const struct db_settings *); /* begins to connect; returns at once */
void db_stop(void);			   /* closes; what is in flight fails */
bool db_is_ready(void); /* a connection of each lane is up, the breaker is closed */

struct db_figures {
	unsigned connections, connections_ready, in_flight, waiting;
	uint64_t units, retries, timeouts, reconnects, breaker_opened;
	bool breaker_is_open;
};
void db_figures(struct db_figures *out);

#endif
