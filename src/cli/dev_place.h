/* Where `latchkey dev` keeps its things, and as whom PostgreSQL and the service run when we are
 * root. */
#ifndef CLI_DEV_PLACE_H
#define CLI_DEV_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

enum { DEV_PATH_MAX = 512 };

struct dev_place {
	char run[DEV_PATH_MAX];	   /* ".run": dev.json, latchkey.conf and the key, the caller's */
	char data[DEV_PATH_MAX];   /* PostgreSQL's cluster */
	char socket[DEV_PATH_MAX]; /* folder of its socket and log */
	bool is_elsewhere;	   /* data is not below .run */
	bool is_root;		   /* then PostgreSQL and the service run as uid and gid */
	uid_t uid;
	gid_t gid;
};

/* Makes the folders and locks them until this process ends: one `latchkey dev` a folder. False
 * after a complaint. Says where the data goes when it is not below .run, where links then lead to
 * it. */
bool dev_place_make(struct dev_place *);
/* An empty folder for PostgreSQL; what was there is removed. False after a complaint. */
bool dev_place_make_empty(const struct dev_place *, const char *path);
/* Removes everything, unless somebody works there. False after a complaint. */
bool dev_place_forget(void);
/* In a child: the folder stays locked until what the child executes has ended. */
void dev_place_pass_lock(void);
/* In a child: gives up root for good. fatal() when that does not work. */
void dev_place_drop_root(const struct dev_place *);

#endif
