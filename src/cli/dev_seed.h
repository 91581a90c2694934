/* What `latchkey dev` puts into an empty database. */
#ifndef CLI_DEV_SEED_H
#define CLI_DEV_SEED_H

enum { DEV_USERS = 3 };

struct dev_account {
	const char *login, *password, *name, *email;
};

struct dev_seed {
	struct dev_account users[DEV_USERS]; /* the first is the administrator */
	const char *public_client_id;	     /* the demo application's, one per port */
	const char *confidential_client_id, *confidential_client_secret;
	const char *confidential_redirect_uri, *confidential_home;
	const char *key_encryption_key;
};

/* Names and addresses; secrets are the record's. */
struct arena;
void dev_seed_init(struct arena *, struct dev_seed *out);
/* Makes what the database lacks. Needs settings and a migrated database; an exit code of cli.h. */
int dev_seed_run(const struct dev_seed *);

#endif
