/* clients/: registration, finding, secrets, metadata. */
#include <stdio.h>

#include "test_store_fixture.h"

#define IMPORTED "s3cret of another system"

static void
finds(struct call *call)
{
	const struct client *client;

	ck_assert_int_eq(clients_find(call, "app", &client), RESULT_OK);
	ck_assert(uuid_equal(&client->id, &store.app));
	ck_assert_str_eq(client->client_id, "app");
	ck_assert_str_eq(client->name, "app");
	ck_assert(client->is_enabled);
	ck_assert_int_eq(client->auth_method, CLIENT_AUTH_SECRET_BASIC);
	ck_assert_uint_eq(
	    client->grants, CLIENT_GRANT_AUTHORIZATION_CODE | CLIENT_GRANT_REFRESH_TOKEN);
	ck_assert_uint_eq(client->redirect_uri_count, 1);
	ck_assert_str_eq(client->redirect_uris[0], "https://app.example/cb");
	ck_assert_uint_eq(client->post_logout_redirect_uri_count, 0);
	ck_assert_str_eq(client->scope, call->realm->scopes);
	ck_assert_int_eq(client->id_token_alg, JOSE_RS256);
	ck_assert(!client->signs_userinfo);
	ck_assert(
	    !client->is_native && !client->policy.may_skip_pkce && !client->policy.skip_consent);
	ck_assert_uint_eq(client->secret_count, 1);
	ck_assert_ptr_null(client->secrets[0].phc);
	ck_assert_ptr_null(client->client_uri);
	ck_assert_int_eq(clients_find_by_uuid(call, &store.page, &client), RESULT_OK);
	ck_assert_str_eq(client->client_id, "page");
	ck_assert_int_eq(client->auth_method, CLIENT_AUTH_NONE);
	ck_assert_uint_eq(client->secret_count, 0);
	ck_assert_int_eq(clients_check_secret(call, client, ""), CLIENT_SECRET_WRONG);
	ck_assert_int_eq(clients_find(call, "none", &client), RESULT_NOT_FOUND);
	ck_assert_int_eq(clients_find(call, "", &client), RESULT_NOT_FOUND);
	ck_assert_int_eq(clients_find(call, "\xff", &client), RESULT_NOT_FOUND);
	ck_assert_int_eq(clients_find(call, "App", &client), RESULT_NOT_FOUND);
	ck_assert_int_eq(clients_find_by_uuid(call, &store.alice.id, &client), RESULT_NOT_FOUND);
	ck_assert_int_eq(call->failure, RESULT_OK);
}

START_TEST(clients_are_found)
{
	store_run(finds);
	ck_assert_int_eq(store_events("client.created"), 2);
}
END_TEST

static void
makes_acme(struct call *call)
{
	struct uuid id;

	ck_assert_int_eq(realms_create(call, "acme", "Acme", &id), RESULT_OK);
}

static void
does_not_find(struct call *call)
{
	const struct client *client;

	ck_assert_int_eq(clients_find(call, "app", &client), RESULT_NOT_FOUND);
	ck_assert_int_eq(clients_find_by_uuid(call, &store.app, &client), RESULT_NOT_FOUND);
}

START_TEST(a_client_is_its_realms_and_enabled)
{
	store_run(makes_acme);
	store_run_in("acme", does_not_find);
	store_sql("UPDATE clients SET status = 'disabled'");
	store_run(does_not_find);
}
END_TEST

static bool is_gone;

static void
looks(struct call *call)
{
	const struct client *client;

	is_gone = clients_find(call, "app", &client) == RESULT_NOT_FOUND;
}

static bool
app_is_gone(void)
{
	store_run(looks);
	return (is_gone);
}

START_TEST(disabling_is_felt_past_the_cache)
{
	ck_assert(!app_is_gone());
	store_sql("UPDATE clients SET status = 'disabled'");
	loop_until(app_is_gone);
}
END_TEST

static void
checks_made_secret(struct call *call)
{
	const struct client *client;
	char *other = arena_string(call->arena, store.app_secret);

	ck_assert(text_starts_with(store.app_secret, "lk_cs_"));
	ck_assert_uint_eq(strlen(store.app_secret), strlen("lk_cs_") + 43);
	ck_assert_int_eq(clients_find(call, "app", &client), RESULT_OK);
	ck_assert_int_eq(clients_check_secret(call, client, store.app_secret), CLIENT_SECRET_RIGHT);
	other[20] = other[20] == 'A' ? 'B' : 'A';
	ck_assert_int_eq(clients_check_secret(call, client, other), CLIENT_SECRET_WRONG);
	ck_assert_int_eq(clients_check_secret(call, client, ""), CLIENT_SECRET_WRONG);
}

START_TEST(c05_a_secret_of_ours_is_a_digest)
{
	store_run(checks_made_secret);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM client_secrets WHERE digest = "
				   "sha256(convert_to('%s', 'UTF8')) AND phc IS NULL",
			     store.app_secret),
	    1);
}
END_TEST

static void
checks_two_secrets(struct call *call)
{
	const struct client *client;

	ck_assert_int_eq(clients_find(call, "app", &client), RESULT_OK);
	ck_assert_uint_eq(client->secret_count, 2);
	ck_assert_int_eq(clients_check_secret(call, client, store.app_secret), CLIENT_SECRET_RIGHT);
	ck_assert_int_eq(clients_check_secret(call, client, "second"), CLIENT_SECRET_RIGHT);
	ck_assert_int_eq(clients_check_secret(call, client, "third"), CLIENT_SECRET_WRONG);
}

START_TEST(c05_two_secrets_live_side_by_side)
{
	store_sql(
	    "INSERT INTO client_secrets (realm_id, client, slot, digest) SELECT realm_id, id, 2, "
	    "sha256('second') FROM clients WHERE client_id = 'app'");
	store_run(checks_two_secrets);
}
END_TEST

static void
has_no_secret_left(struct call *call)
{
	const struct client *client;

	ck_assert_int_eq(clients_find(call, "app", &client), RESULT_OK);
	ck_assert_uint_eq(client->secret_count, 0);
	ck_assert_int_eq(clients_check_secret(call, client, store.app_secret), CLIENT_SECRET_WRONG);
}

START_TEST(an_expired_secret_is_none)
{
	store_sql("UPDATE client_secrets SET expires_at = db_now()");
	store_run(has_no_secret_left);
}
END_TEST

static void
imports(struct call *call)
{
	struct thread_figures before, after;
	struct client_registration made;
	const struct client *client;

	made = store_register(call,
	    "{\"client_id\":\"old app\",\"client_secret\":\"" IMPORTED "\","
	    "\"grant_types\":[\"client_credentials\"],\"token_endpoint_auth_method\":"
	    "\"client_secret_post\"}");
	ck_assert_ptr_null(made.error);
	ck_assert_str_eq(made.client_id, "old app");
	ck_assert_str_eq(made.client_secret, IMPORTED);
	ck_assert_int_eq(clients_find(call, "old app", &client), RESULT_OK);
	ck_assert_ptr_nonnull(client->secrets[0].phc);
	ck_assert_str_eq(client->scope, "");
	ck_assert_int_eq(client->auth_method, CLIENT_AUTH_SECRET_POST);
	threads_figures(&before);
	ck_assert_int_eq(clients_check_secret(call, client, "wrong"), CLIENT_SECRET_WRONG);
	ck_assert_int_eq(clients_check_secret(call, client, IMPORTED), CLIENT_SECRET_RIGHT);
	ck_assert_int_eq(clients_check_secret(call, client, IMPORTED), CLIENT_SECRET_RIGHT);
	ck_assert_int_eq(clients_check_secret(call, client, "wrong"), CLIENT_SECRET_WRONG);
	threads_figures(&after);
	ck_assert_uint_eq(after.done - before.done, 3);
}

START_TEST(c05_an_imported_secret_is_argon2id_and_remembered)
{
	store_run(imports);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM client_secrets WHERE phc LIKE "
				   "'$argon2id$%%' AND digest IS NULL"),
	    1);
}
END_TEST

static void
registers_all(struct call *call)
{
	struct client_registration made;
	const struct client *client;
	struct text text;
	json_t *tree;
	const char *error;

	made = store_register(call,
	    "{\"client_name\":\"Native \\\"App\\\"\",\"application_type\":\"native\","
	    "\"redirect_uris\":[\"http://127.0.0.1/cb\",\"com.example.app:/cb\"],"
	    "\"post_logout_redirect_uris\":[\"com.example.app:/bye\"],"
	    "\"token_endpoint_auth_method\":\"none\",\"scope\":\"openid email\","
	    "\"response_types\":[\"code\"],\"grant_types\":[\"authorization_code\",\"refresh_"
	    "token\"],"
	    "\"client_uri\":\"https://app.example/\",\"policy_uri\":\"https://app.example/p\","
	    "\"tos_uri\":\"https://app.example/t\",\"logo_uri\":\"javascript:alert(1)\","
	    "\"contacts\":[\"a@example.org\"],\"id_token_signed_response_alg\":\"ES256\","
	    "\"skip_consent\":true,\"software_id\":\"x\",\"client_name#de\":\"y\"}");
	ck_assert_msg(made.error == NULL, "%s", made.error_description);
	ck_assert_ptr_null(made.client_secret);
	ck_assert_str_eq(made.client_id, uuid_string(call->arena, &made.id));
	ck_assert_int_eq(clients_find(call, made.client_id, &client), RESULT_OK);
	ck_assert_str_eq(client->name, "Native \"App\"");
	ck_assert(
	    client->is_native && client->policy.skip_consent && !client->policy.may_skip_pkce);
	ck_assert_int_eq(client->id_token_alg, JOSE_ES256);
	ck_assert_str_eq(client->scope, "openid email");
	ck_assert_str_eq(client->tos_uri, "https://app.example/t");
	ck_assert(clients_has_redirect_uri(client, "http://127.0.0.1:5000/cb"));
	ck_assert(clients_has_post_logout_redirect_uri(client, "com.example.app:/bye"));
	text_init(&text, call->arena, JSON_BYTES_MAX);
	ck_assert_int_eq(clients_write_metadata(call, made.client_id, &text), RESULT_OK);
	tree = parse_json(text.data, text.length, &error);
	ck_assert_msg(tree != NULL, "%s: %s", text.data, error);
	ck_assert_str_eq(member_text(tree, "client_id"), made.client_id);
	ck_assert_str_eq(member_text(tree, "client_name"), "Native \"App\"");
	ck_assert_str_eq(member_text(tree, "status"), "active");
	ck_assert_uint_eq(json_array_size(member_array(tree, "redirect_uris")), 2);
	ck_assert_uint_eq(json_array_size(member_array(tree, "contacts")), 1);
	ck_assert(member_boolean(tree, "skip_consent", false));
	ck_assert(member_boolean(tree, "require_pkce", false));
	ck_assert_ptr_null(json_object_get(tree, "logo_uri"));
	ck_assert_ptr_null(json_object_get(tree, "software_id"));
	ck_assert_ptr_null(json_object_get(tree, "client_secret"));
	json_decref(tree);
	ck_assert_int_eq(clients_write_metadata(call, "none", &text), RESULT_NOT_FOUND);
}

START_TEST(metadata_is_kept_and_written)
{
	store_run(registers_all);
}
END_TEST

static void
registers_twice(struct call *call)
{
	static const char taken[] =
	    "{\"client_id\":\"app\",\"redirect_uris\":[\"https://x.example/\"]}";
	struct client_registration made;
	const char *error;
	json_t *tree;

	tree = parse_json(taken, strlen(taken), &error);
	ck_assert_int_eq(clients_register(call, tree, &made), RESULT_CONFLICT);
	json_decref(tree);
	made = store_register(call, "{\"redirect_uris\":[\"http://evil.example/cb\"]}");
	ck_assert_str_eq(made.error, "invalid_redirect_uri");
	ck_assert_str_eq(made.error_description,
	    "redirect_uris: number 1 uses http to a host that is not a loopback address");
	ck_assert_ptr_null(made.client_id);
}

START_TEST(what_is_refused_writes_nothing)
{
	store_run(registers_twice);
	ck_assert_int_eq(store_ask("SELECT count(*) FROM clients"), 2);
}
END_TEST

static void
has_no_http(struct call *call)
{
	const struct client *client;

	ck_assert_int_eq(clients_find(call, "app", &client), RESULT_OK);
	ck_assert_uint_eq(client->redirect_uri_count, 2);
	ck_assert(!clients_has_redirect_uri(client, "http://app.example/cb"));
	ck_assert(clients_has_redirect_uri(client, "https://app.example/cb"));
}

START_TEST(r05_http_in_the_database_does_not_match)
{
	store_sql("UPDATE clients SET metadata = jsonb_set(metadata, '{redirect_uris}', "
		  "'[\"http://app.example/cb\", \"https://app.example/cb\"]')");
	store_run(has_no_http);
}
END_TEST

Suite *suite_db_store_clients(void);

Suite *
suite_db_store_clients(void)
{
	Suite *suite = suite_create("db_store_clients");
	TCase *tests = tcase_create("clients");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, store_setup, store_teardown);
	tcase_add_test(tests, clients_are_found);
	tcase_add_test(tests, a_client_is_its_realms_and_enabled);
	tcase_add_test(tests, disabling_is_felt_past_the_cache);
	tcase_add_test(tests, c05_a_secret_of_ours_is_a_digest);
	tcase_add_test(tests, c05_two_secrets_live_side_by_side);
	tcase_add_test(tests, an_expired_secret_is_none);
	tcase_add_test(tests, c05_an_imported_secret_is_argon2id_and_remembered);
	tcase_add_test(tests, metadata_is_kept_and_written);
	tcase_add_test(tests, what_is_refused_writes_nothing);
	tcase_add_test(tests, r05_http_in_the_database_does_not_match);
	suite_add_tcase(suite, tests);
	return (suite);
}
