/* What the tests of the subject rooms stand on. */
#include "test_store_fixture.h"

#include <stdarg.h>
#include <stdio.h>

#include "async/loop.h"
#include "async/threads.h"
#include "keys/keys.h"

struct store store;

static const char *realm_of_run;

static struct db_settings
settings(int64_t shift)
{
	struct db_settings result = driver_settings(&store.database);

	result.read_connections = 2;
	result.write_connections = 4;
	result.clock_shift = shift;
	return (result);
}

struct client_registration
store_register(struct call *call, const char *metadata)
{
	struct client_registration registration;
	const char *error = NULL;
	json_t *tree = parse_json(metadata, strlen(metadata), &error);

	if (tree == NULL)
		ck_abort_msg("%s: %s", metadata, error);
	ck_assert_int_eq(clients_register(call, tree, &registration), RESULT_OK);
	json_decref(tree);
	return (registration);
}

static void
make_realm(struct call *call, void *nothing)
{
	struct uuid id;

	(void)nothing;
	ck_assert_int_eq(realms_create(call, "main", "Main", &id), RESULT_OK);
}

static void
make_rows(struct call *call)
{
	struct client_registration app, page;

	store.alice = (struct user){.login = "alice", .email = "alice@example.org"};
	ck_assert_int_eq(passwords_hash(call, STORE_PASSWORD, &store.alice.password), RESULT_OK);
	ck_assert_int_eq(users_create(call, &store.alice), RESULT_OK);
	app = store_register(call,
	    "{\"client_id\":\"app\",\"redirect_uris\":[\"https://app.example/cb\"],"
	    "\"grant_types\":[\"authorization_code\",\"refresh_token\"]}");
	ck_assert_ptr_null(app.error);
	page = store_register(call,
	    "{\"client_id\":\"page\",\"redirect_uris\":[\"https://page.example/cb\"],"
	    "\"token_endpoint_auth_method\":\"none\"}");
	ck_assert_ptr_null(page.error);
	store.app = app.id;
	store.page = page.id;
	(void)snprintf(store.app_secret, sizeof(store.app_secret), "%s", app.client_secret);
	store.alice.password = NULL;
}

static void
make_keys(struct call *call)
{
	ck_assert_int_eq(keys_ensure(call), RESULT_OK);
}

static void
start(void)
{
	static uint8_t kek[32] = {7};
	struct db_settings driver;
	struct secret key = {.bytes = kek, .length = sizeof(kek)};

	driver = settings(0);
	driver_start(&driver);
	threads_prepare(2);
	threads_start(16, 60000);
	realms_start("http://localhost:8080");
	keys_start(&key);
	passwords_start(&(struct password_cost){.memory_kib = 64, .passes = 1, .lanes = 1});
}

static void
stop(void)
{
	threads_stop();
	driver_stop();
}

/* RSA keys take long to make: the realm and its keys are made once. */
static void
fill(const struct database *database)
{
	store.database = *database;
	start();
	driver_run(make_realm, NULL);
	store_run(make_keys);
	stop();
}

void
store_setup(void)
{
	memset(&store, 0, sizeof(store));
	database_create_filled(&store.database, fill);
	start();
	store_run(make_rows);
}

void
store_teardown(void)
{
	stop();
	database_drop(&store.database);
}

void
store_shift_clock(int64_t seconds)
{
	struct db_settings driver = settings(seconds);

	db_stop();
	db_start(&driver);
	loop_until(db_is_ready);
}

static void
enter_realm(struct call *call)
{
	ck_assert_int_eq(realms_find(call, realm_of_run, true, &call->realm), RESULT_OK);
}

static void
run_body(struct call *call, void *argument)
{
	void (**body)(struct call *) = argument;

	enter_realm(call);
	(*body)(call);
}

void
store_run_in(const char *realm, void (*body)(struct call *))
{
	realm_of_run = realm;
	driver_run(run_body, &body);
}

void
store_run(void (*body)(struct call *))
{
	store_run_in("", body);
}

static struct {
	void (*body)(struct call *, void *);
	size_t running;
} many;

static void
run_one(struct call *call, void *element)
{
	enter_realm(call);
	many.body(call, element);
}

static void
one_is_over(struct call *call)
{
	(void)call;
	many.running--;
}

static bool
all_are_over(void)
{
	return (many.running == 0);
}

void
store_run_many(
    size_t count, void (*body)(struct call *, void *), void *elements, size_t element_size)
{
	size_t i;

	realm_of_run = "";
	many.body = body;
	many.running = count;
	for (i = 0; i < count; i++)
		ck_assert_ptr_nonnull(
		    call_start(run_one, (char *)elements + i * element_size, one_is_over, NULL));
	loop_until(all_are_over);
}

void
store_sql(const char *format, ...)
{
	char sql[2048];
	va_list args;

	va_start(args, format);
	ck_assert_int_lt(vsnprintf(sql, sizeof(sql), format, args), (int)sizeof(sql));
	va_end(args);
	database_execute(&store.database, sql);
}

long long
store_ask(const char *format, ...)
{
	char sql[2048];
	va_list args;

	va_start(args, format);
	ck_assert_int_lt(vsnprintf(sql, sizeof(sql), format, args), (int)sizeof(sql));
	va_end(args);
	return (database_ask(&store.database, sql));
}

long long
store_events(const char *kind)
{
	return (store_ask("SELECT count(*) FROM events WHERE kind = '%s'", kind));
}

const char *
store_sign_in(struct call *call, struct session *out)
{
	const char *cookie = NULL;

	ck_assert_int_eq(
	    sessions_create(call, &store.alice, "pwd", "1", NULL, out, &cookie), RESULT_OK);
	return (cookie);
}

void
store_code(struct call *call, const struct session *session, const struct uuid *client,
    const char *scope, struct authorization_code *out)
{
	const char *text = NULL;

	*out = (struct authorization_code){.client = *client,
	    .user = session->user_id,
	    .session = session->id,
	    .redirect_uri = "https://app.example/cb",
	    .scope = scope,
	    .nonce = "n",
	    .acr = "1",
	    .amr = "pwd",
	    .auth_time = session->auth_time,
	    .expires_at = session->auth_time + 60 * 1000000LL};
	ck_assert_int_eq(codes_issue(call, out, &text), RESULT_OK);
}

struct client
store_client(const struct uuid *id)
{
	return ((struct client){
	    .id = *id, .grants = CLIENT_GRANT_REFRESH_TOKEN, .policy = {.skip_consent = true}});
}

void
store_grant(struct call *call, const struct session *session, const struct uuid *client,
    const char *scope, struct grant *out)
{
	struct client redeemer = store_client(client);
	struct authorization_code code;

	store_code(call, session, client, scope, &code);
	ck_assert_int_eq(codes_redeem(call, &code, &redeemer, out), REDEEM_OK);
}

bool
store_is_active(struct call *call, const struct grant *grant)
{
	struct grant_question question = {.grant = grant->id,
	    .session = grant->session,
	    .user = grant->user,
	    .client = grant->client};
	bool is_active = false;

	ck_assert_int_eq(grants_are_active(call, &question, &is_active, NULL), RESULT_OK);
	return (is_active);
}
