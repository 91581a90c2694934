#include "fixture.h"

#include "web/assets.h"
#include "web/router.h"

Suite *suite_web_assets(void);

static const char style[] = "style.css";

START_TEST(finds_exact_paths_only)
{
	ck_assert_uint_gt(assets_count, 0);
	for (size_t i = 0; i < assets_count; i++) {
		ck_assert_ptr_eq(asset_find(assets[i].path), &assets[i]);
		if (i > 0)
			ck_assert_int_lt(strcmp(assets[i - 1].path, assets[i].path), 0);
	}
	ck_assert_ptr_null(asset_find(""));
	ck_assert_ptr_null(asset_find("nonesuch.css"));
	ck_assert_ptr_null(asset_find("../style.css"));
	ck_assert_ptr_null(asset_find("./style.css"));
	ck_assert_ptr_null(asset_find("STYLE.CSS"));
}
END_TEST

START_TEST(answers_with_type_and_tag)
{
	struct reply reply = asset_reply(&call, style);

	ck_assert_int_eq(reply.status, 200);
	ck_assert_str_eq(reply.content_type, "text/css; charset=utf-8");
	ck_assert_str_eq(reply_header_value(&reply, "ETag"), asset_find(style)->etag);
	ck_assert_str_eq(reply_header_value(&reply, "Vary"), "Accept-Encoding");
	ck_assert_str_eq(reply_header_value(&reply, "Cache-Control"), "public, max-age=300");
	ck_assert_ptr_null(reply_header_value(&reply, "Content-Encoding"));
	ck_assert(reply.is_cacheable);
	ck_assert_uint_eq(reply.length, asset_find(style)->length);
	ck_assert_int_eq(asset_reply(&call, "nonesuch").status, 404);
}
END_TEST

START_TEST(a_versioned_address_is_kept_for_a_year)
{
	struct reply reply;

	request.query = arena_format(call.arena, "v=%s", assets_version);
	reply = asset_reply(&call, style);
	ck_assert_str_eq(
	    reply_header_value(&reply, "Cache-Control"), "public, max-age=31536000, immutable");
	request.query = "v=another";
	reply = asset_reply(&call, style);
	ck_assert_str_eq(reply_header_value(&reply, "Cache-Control"), "public, max-age=300");
}
END_TEST

static const struct {
	const char *accept;
	bool gzip;
} codings[] = {
    {NULL, false},
    {"", false},
    {"gzip", true},
    {"GZIP", true},
    {"gzip, deflate, br", true},
    {"br,gzip;q=0.5", true},
    {"br ; q=1 , gzip ; q=1", true},
    {"gzip;q=0", false},
    {"gzip;q=0.000", false},
    {"gzip;q=0, br", false},
    {"gzip;q=0.001", true},
    {"x-gzip", false},
    {"gzipped", false},
    {"br", false},
    {"identity", false},
};

START_TEST(compresses_for_who_accepts_it)
{
	struct reply reply;

	if (codings[_i].accept != NULL)
		fixture_header("Accept-Encoding", codings[_i].accept);
	reply = asset_reply(&call, style);
	if (!codings[_i].gzip) {
		ck_assert_ptr_null(reply_header_value(&reply, "Content-Encoding"));
		ck_assert_ptr_eq(reply.body, asset_find(style)->data);
		return;
	}
	ck_assert_str_eq(reply_header_value(&reply, "Content-Encoding"), "gzip");
	ck_assert_ptr_eq(reply.body, asset_find(style)->gzip);
	ck_assert_str_ne(reply_header_value(&reply, "ETag"), asset_find(style)->etag);
}
END_TEST

START_TEST(what_is_known_is_not_sent_again)
{
	const char *etag = asset_find(style)->etag;
	struct reply reply;

	fixture_header("If-None-Match", etag);
	reply = asset_reply(&call, style);
	ck_assert_int_eq(reply.status, 304);
	ck_assert_ptr_null(reply.content_type);
	ck_assert_str_eq(reply_header_value(&reply, "ETag"), etag);
	headers[0].value = arena_format(call.arena, "\"other\", W/%s", etag);
	ck_assert_int_eq(asset_reply(&call, style).status, 304);
	headers[0].value = "*";
	ck_assert_int_eq(asset_reply(&call, style).status, 304);
	headers[0].value = "\"other\"";
	ck_assert_int_eq(asset_reply(&call, style).status, 200);
	headers[0].value = etag;
	fixture_header("Accept-Encoding", "gzip");
	ck_assert_int_eq(asset_reply(&call, style).status, 200);
}
END_TEST

static int
status_of(const char *path)
{
	request.path = path;
	return (assets_file(&call).status);
}

START_TEST(serves_what_is_meant_for_browsers)
{
	router_is_dev = false;
	ck_assert_int_eq(status_of("/assets/style.css"), 200);
	ck_assert_int_eq(status_of("/assets/pages/login.html"), 404);
	ck_assert_int_eq(status_of("/assets/demo/demo.js"), 404);
	ck_assert_int_eq(status_of("/assets/"), 404);
	ck_assert_int_eq(status_of("/style.css"), 404);
	router_is_dev = true;
	ck_assert_int_eq(status_of("/assets/demo/demo.js"), 200);
	ck_assert_int_eq(status_of("/assets/pages/login.html"), 404);
}
END_TEST

Suite *
suite_web_assets(void)
{
	Suite *suite = suite_create("web/assets");

	FIXTURE_CASE(suite, tcase, "assets");
	tcase_add_test(tcase, finds_exact_paths_only);
	tcase_add_test(tcase, answers_with_type_and_tag);
	tcase_add_test(tcase, a_versioned_address_is_kept_for_a_year);
	tcase_add_loop_test(
	    tcase, compresses_for_who_accepts_it, 0, sizeof(codings) / sizeof(codings[0]));
	tcase_add_test(tcase, what_is_known_is_not_sent_again);
	tcase_add_test(tcase, serves_what_is_meant_for_browsers);
	return (suite);
}
