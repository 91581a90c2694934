/* Settings: one table (settings.c) of name, type, default, help. Defaults, then a file, then
 * LATCHKEY_* of the environment, then *_FILE. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"
#include "base/text.h"

struct settings {
	const char *base_url; /* issuer of the first realm, without a trailing slash */
	const char *listen_address;
	long long listen_port;
	const char *operations_address; /* health and metrics */
	long long operations_port;
	const char *database_url;	    /* of the service's role */
	const char *migration_database_url; /* of the owner; empty: database_url */
	const char *key_encryption_key;	    /* base64url of 32 bytes; secret */
	long long workers;		    /* 0: one per core */
	long long database_read_connections, database_write_connections; /* per worker */
	long long database_deadline_ms;
	long long password_memory_kib, password_passes, password_lanes;
	long long password_slots;   /* hashes at once on this node; 0: cores less one */
	long long password_wait_ms; /* longest wait for a slot */
	const char *outgoing_allow; /* fetch_policy_allow() */
	long long client_failures;  /* a minute, by client and address; -1: see help */
	const char *log_format;	    /* json, human */
	const char *log_level;
	long long drain_seconds;  /* longest time for requests in flight at SIGTERM */
	long long drain_delay_ms; /* not ready, but still accepting: time for the load balancer to
				     look away */
	bool dev;		  /* demo application; set by `latchkey dev` */
	const char *demo_client_id, *demo_backend_client_id,
	    *demo_backend_client_secret;     /* set by `latchkey dev` */
	bool seccomp_trace;		     /* tests: log violations instead of dying */
	long long test_clock_shift;	     /* tests: seconds added to this node's clock */
	long long test_database_clock_shift; /* tests: seconds added to db_now() */
};

extern struct settings settings;

enum setting_type {
	SETTING_TEXT,
	SETTING_SECRET,
	SETTING_INTEGER,
	SETTING_BOOLEAN,
	SETTING_CHOICE
};
struct setting {
	const char *name; /* "listen_port"; LATCHKEY_LISTEN_PORT */
	size_t offset;	  /* in struct settings */
	enum setting_type type;
	const char *initial; /* as text */
	const char *allowed; /* "1-65535", "json|human", or NULL */
	bool is_hidden;	     /* not in the example file: for tests and `latchkey dev` */
	const char *help;    /* one line */
};
extern const struct setting settings_table[];
extern const size_t settings_count;

/* Reads all sources. file may be NULL. False with a sentence in error: which setting, its value,
 * what is allowed. */
bool settings_load(const char *file, char *error, size_t error_size);
/* Overrides one (command line, dev). False with a sentence. */
bool settings_set(
    const char *name, const char *value, const char *source, char *error, size_t error_size);
/* Effective value as text, secrets as "***"; and where it came from: "default", "file",
 * "environment", ... */
const char *settings_value(const struct setting *, char *buffer, size_t size);
const char *settings_source(const struct setting *);

#endif
