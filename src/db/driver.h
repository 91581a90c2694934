/*
 * Inside the room: what its files share. A unit of work is one or more statements and a sync; a
 * lane is the connections and the queue of reads or of writes; a connection is a pipeline of units,
 * the oldest (the head) first. Who calls whom: run -> lanes -> connection -> units; connect makes
 * connections ready; breaker watches units. All of it runs on one thread, from the loop or from
 * inside a fiber; only the loop's stack opens connections.
 */
#ifndef DB_DRIVER_H
#define DB_DRIVER_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "async/loop.h"
#include "async/wait.h"
#include "db/db.h"

enum {
	LANE_CONNECTIONS_MAX = 32,
	HOSTS_MAX = 8,	    /* that an attempt to connect may begin with */
	IN_FLIGHT_MAX = 64, /* units in one pipeline */
	WAITING_MAX = 1024, /* units that wait for a connection, per lane */
	UNITS_MAX = 4096,
	STEPS_MAX = 32,	     /* statements in one unit */
	PARAMETERS_MAX = 64, /* as the generator's */
	CONSTRAINT_NAME_MAX = 64,
	QUEUE_WAIT_MS = 500, /* longest wait for a connection */
	CONNECT_MS = 2000,
	BACKOFF_MIN_MS = 50,
	BACKOFF_MAX_MS = 500,
	STEADY_MS = 1000,    /* a connection that lasted this long starts over with its back-off */
	OUTAGE_FAILURES = 5, /* connections that failed so often let no unit wait */
	LOG_EVERY = 64,	     /* failures in a row are logged: the first, then one of so many */
	RETRIES_MAX = 3,
	PROBE_MS = 500
};

struct connection;
struct lane;

enum unit_place { UNIT_NOWHERE, UNIT_WAITING, UNIT_IN_FLIGHT };

/* What became of a unit. reason is constant text. */
struct outcome {
	enum result result;
	const char *reason;
	bool may_retry; /* serialization failure or deadlock: rolled back */
	char constraint[CONSTRAINT_NAME_MAX];
};

struct unit {
	struct wait wait;
	struct timer timer;
	uint64_t deadline_ms;
	struct db_step *steps; /* the owner's */
	size_t count;
	size_t next; /* the step whose result is expected */
	struct lane *lane;
	struct connection *connection; /* while in flight */
	struct outcome outcome;
	enum unit_place place;
	bool has_owner; /* false: results are dropped, freed when it leaves the pipeline */
	bool is_parked; /* the owner waits */
	bool is_done;	/* outcome is final for the owner */
	bool is_repeated;
	TAILQ_ENTRY(unit) link;
};
TAILQ_HEAD(units, unit);

enum connection_state {
	CONNECTION_DOWN,
	CONNECTION_CONNECTING,
	CONNECTION_PREPARING,
	CONNECTION_READY
};

struct connection {
	struct lane *lane;
	PGconn *pg;
	enum connection_state state;
	struct watch watch;
	struct timer timer;  /* down: time to connect; connecting, preparing: deadline */
	unsigned awaits;     /* connecting: LOOP_READABLE or LOOP_WRITABLE */
	unsigned failures;   /* in a row */
	unsigned first_host; /* of several in the url: moves on after a time-out */
	size_t prepared;     /* statements, while preparing */
	bool wants_flush;    /* libpq holds bytes that the socket did not take */
	uint64_t ready_since_ms;
	uint64_t head_since_ms; /* when the head became the head */
	unsigned in_flight;
	struct units units;
};

struct lane {
	enum statement_lane kind;
	struct connection connections[LANE_CONNECTIONS_MAX];
	unsigned count;
	bool was_ready; /* has had a ready connection since db_start */
	struct units waiting;
	unsigned waiting_count;
};

struct driver {
	struct db_settings settings; /* texts in the arena */
	struct arena *arena;
	const char *options;
	unsigned hosts;
	struct {
		const char *host, *hostaddr, *port; /* NULL where the url has none */
	} from[HOSTS_MAX];			    /* the url's lists, begun at each host */
	bool is_started;
	struct lane lanes[LANES];
	uint64_t units, retries, timeouts, reconnects, breaker_opened;
};
extern struct driver driver;

/* connect.c */
void connect_configure(void); /* fatal() if the url is none */
void connect_begin(struct connection *);
void connect_ready(struct connection *, unsigned events); /* while connecting */
bool connect_take(
    struct connection *, PGresult *); /* while preparing; false: the connection is lost */

/* connection.c */
void connection_start(struct connection *, struct lane *);
void connection_stop(struct connection *);
void connection_watch(struct connection *); /* may lose the connection */
void connection_unwatch(struct connection *);
bool connection_flush(struct connection *);
/* Hands the unit over. false: the connection was found dead before, and is lost; the unit is as it
 * was. */
bool connection_send(struct connection *, struct unit *);
/* Closes and opens again later. Reads in the pipeline are repeated once, writes fail. why is for
 * the log. */
void connection_lost(struct connection *, const char *why);

/* lanes.c */
void lane_start(struct lane *, enum statement_lane, unsigned connections);
void lane_stop(struct lane *);
void lane_submit(struct unit *);   /* the unit may be done on return */
void lane_requeue(struct unit *);  /* in front */
void lane_remove(struct unit *);   /* out of the queue */
void lane_dispatch(struct lane *); /* whatever can be sent is sent */
bool lane_has_room(struct lane *);

/* units.c */
struct unit *unit_create(
    struct lane *, struct db_step *, size_t count, uint64_t deadline_ms); /* NULL: all are in use */
void unit_finish(struct unit *, enum result, const char *reason);
/* The owner needs it no more; a unit in flight goes on without. */
void unit_release(struct unit *);
/* It has left the pipeline. */
void unit_left(struct unit *);
void unit_arm(struct unit *, uint64_t at_ms);
void unit_drop_results(struct unit *);
/* One result of the head. Takes it over. NULL, or why the connection is lost. */
const char *unit_take(struct unit *, PGresult *);
void unit_synced(struct unit *);

/* breaker.c */
void breaker_start(void);
void breaker_stop(void);
void breaker_timeout(void);
void breaker_success(void);
void breaker_probe(void); /* now, if it is open */
bool breaker_is_open(void);

/* sqlstates.c */
enum sql_effect {
	SQL_CONFLICT, /* a unique or exclusion constraint */
	SQL_RETRY,    /* rolled back, may work the next time */
	SQL_LOST,     /* the connection or its server is of no use */
	SQL_TIMEOUT,  /* statement_timeout */
	SQL_BUSY,     /* locks or resources: later */
	SQL_WRONG     /* we are */
};
enum sql_effect sqlstate_effect(const char *sqlstate);

#endif
