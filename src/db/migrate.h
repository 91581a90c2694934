/* Forward-only migrations, embedded at build time. Blocking libpq: for the command line and the
 * start of serve only, never in a worker. */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include <stdbool.h>
#include <stddef.h>

struct migration {
	int version;	  /* 1, 2, ... without gaps */
	const char *name; /* "0001_realms" */
	const char *sql;
	const char *checksum; /* hex SHA-256 of sql */
};

extern const struct migration migrations[]; /* build/migrations.c, by the generator */
extern const size_t migrations_count;

enum migrate_result {
	MIGRATE_OK,
	MIGRATE_UNREACHABLE, /* no connection */
	MIGRATE_EDITED,	     /* a migration that ran has another checksum now */
	MIGRATE_NEWER,	     /* the database is newer than this binary */
	MIGRATE_FAILED	     /* SQL error; its transaction was rolled back */
};

struct migrate_report {
	int applied;	 /* how many ran now */
	int version;	 /* of the schema, after */
	char error[512]; /* a sentence; empty when OK */
};

/* Runs what is missing, each in its own transaction, under an advisory lock: any number of these
 * may run at once (FM-34). plan_only: runs nothing; applied tells how many would. each, if given,
 * hears of every migration before it runs. */
enum migrate_result migrate_run(const char *url, bool plan_only,
    void (*each)(const struct migration *), struct migrate_report *out);

#endif
