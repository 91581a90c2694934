#include "fixture.h"

#include "web/form.h"

Suite *suite_web_form(void);

static struct form form;

static enum form_error
parse(const char *text)
{
	return (form_parse(call.arena, text, strlen(text), &form));
}

/* T-10: what each of these means, or that it means nothing. NULL: refused as badly encoded. */
static const struct {
	const char *text, *name, *value;
} decodings[] = {
    {"a=b", "a", "b"},
    {"a=b=c", "a", "b=c"},
    {"=x=y", "", "x=y"},
    {"a", "a", ""},
    {"a=", "a", ""},
    {"a=b+c", "a", "b c"},
    {"a=b%2Bc", "a", "b+c"},
    {"a%3Db=c", "a=b", "c"},
    {"a=%26", "a", "&"},
    {"a=%0A", "a", "\n"},
    {"a=%0d%0aSet-Cookie", "a", "\r\nSet-Cookie"},
    {"a=%e2%82%ac", "a", "\xe2\x82\xac"},
    {"a=\xe2\x82\xac", "a", "\xe2\x82\xac"},
    {"&&a=b&&", "a", "b"},
    {"a=%", NULL, NULL},
    {"a=%4", NULL, NULL},
    {"a=%zz", NULL, NULL},
    {"a=%u0041", NULL, NULL},
    {"a=%00", NULL, NULL},
    {"a%00b=c", NULL, NULL},
    {"a=%01", NULL, NULL},
    {"a=\x01", NULL, NULL},
    {"a=%7f", NULL, NULL},
    {"a=%c0%af", NULL, NULL},
    {"a=%ed%a0%80", NULL, NULL},
    {"a=%ff", NULL, NULL},
    {"a=\xff", NULL, NULL},
    {"a=%f4%90%80%80", NULL, NULL},
    {"a=%e2%82", NULL, NULL},
};

START_TEST(decodes_strictly)
{
	enum form_error error = parse(decodings[_i].text);

	if (decodings[_i].name == NULL) {
		ck_assert_int_eq(error, FORM_BAD_ENCODING);
		return;
	}
	ck_assert_int_eq(error, FORM_OK);
	ck_assert_uint_eq(form.count, 1);
	ck_assert_str_eq(form.fields[0].name, decodings[_i].name);
	ck_assert_str_eq(form.fields[0].value, decodings[_i].value);
}
END_TEST

START_TEST(refuses_a_raw_nul)
{
	ck_assert_int_eq(form_parse(call.arena, "a=b\0c=d", 7, &form), FORM_BAD_ENCODING);
	ck_assert_int_eq(form_parse(call.arena, "a\0=b", 4, &form), FORM_BAD_ENCODING);
}
END_TEST

START_TEST(keeps_order_and_nothing_is_dropped)
{
	ck_assert_int_eq(parse("a=1&b=2&c=3"), FORM_OK);
	ck_assert_uint_eq(form.count, 3);
	ck_assert_str_eq(form.fields[2].name, "c");
	ck_assert_str_eq(form_value(&form, "b"), "2");
	ck_assert_ptr_null(form_value(&form, "d"));
	ck_assert_int_eq(parse(""), FORM_OK);
	ck_assert_uint_eq(form.count, 0);
}
END_TEST

START_TEST(counts_its_limits)
{
	char many[4 * (FORM_FIELDS_MAX + 1) + 1],
	    *large = arena_alloc(call.arena, FORM_BYTES_MAX + 2);

	for (size_t i = 0; i <= FORM_FIELDS_MAX; i++)
		memcpy(many + 4 * i, "a=b&", 4);
	ck_assert_int_eq(form_parse(call.arena, many, 4 * (size_t)FORM_FIELDS_MAX, &form), FORM_OK);
	ck_assert_uint_eq(form.count, FORM_FIELDS_MAX);
	ck_assert_int_eq(form_parse(call.arena, many, 4 * ((size_t)FORM_FIELDS_MAX + 1), &form),
	    FORM_TOO_MANY_FIELDS);
	memset(large, 'a', FORM_BYTES_MAX + 1);
	ck_assert_int_eq(form_parse(call.arena, large, FORM_BYTES_MAX, &form), FORM_OK);
	ck_assert_int_eq(form_parse(call.arena, large, FORM_BYTES_MAX + 1, &form), FORM_TOO_LARGE);
}
END_TEST

/* also when one of them is empty or written differently. */
START_TEST(a02_sees_duplicates)
{
	ck_assert_int_eq(parse("client_id=a&client_id=b"), FORM_OK);
	ck_assert_str_eq(form_duplicate(&form), "client_id");
	ck_assert_int_eq(parse("%73tate=1&x=2&state=2"), FORM_OK);
	ck_assert_str_eq(form_duplicate(&form), "state");
	ck_assert_int_eq(parse("state=&state=2"), FORM_OK);
	ck_assert_str_eq(form_duplicate(&form), "state");
	ck_assert_int_eq(parse("state=1&State=2"), FORM_OK);
	ck_assert_ptr_null(form_duplicate(&form));
	ck_assert_int_eq(parse("a=1&b=1"), FORM_OK);
	ck_assert_ptr_null(form_duplicate(&form));
	ck_assert_int_eq(parse("resource=1&resource=2&resource=1"), FORM_OK);
	ck_assert_ptr_null(form_duplicate_except(&form, "audience resource"));
	ck_assert_str_eq(form_duplicate_except(&form, "res"), "resource");
	ck_assert_int_eq(parse("resource=1&scope=a&resource=2&scope=a"), FORM_OK);
	ck_assert_str_eq(form_duplicate_except(&form, "resource"), "scope");
}
END_TEST

START_TEST(an_empty_value_is_as_omitted)
{
	ck_assert_int_eq(parse("state=&nonce=n"), FORM_OK);
	ck_assert_ptr_null(form_value(&form, "state"));
	ck_assert_str_eq(form_value(&form, "nonce"), "n");
}
END_TEST

START_TEST(reads_the_query)
{
	request.query = NULL;
	ck_assert_int_eq(form_from_query(&call, &form), FORM_OK);
	ck_assert_uint_eq(form.count, 0);
	request.query = "flow=abc";
	ck_assert_int_eq(form_from_query(&call, &form), FORM_OK);
	ck_assert_str_eq(form_value(&form, "flow"), "abc");
}
END_TEST

static const struct {
	const char *type;
	enum form_error expected;
} content_types[] = {
    {"application/x-www-form-urlencoded", FORM_OK},
    {"Application/X-WWW-Form-Urlencoded", FORM_OK},
    {"application/x-www-form-urlencoded; charset=UTF-8", FORM_OK},
    {"application/x-www-form-urlencoded ;charset=utf-8", FORM_OK},
    {"application/x-www-form-urlencoded2", FORM_WRONG_TYPE},
    {"application/x-www-form-urlencoded, text/plain", FORM_WRONG_TYPE},
    {"application/x-www-form-urlencoded text", FORM_WRONG_TYPE},
    {"application/json", FORM_WRONG_TYPE},
    {"multipart/form-data; boundary=x", FORM_WRONG_TYPE},
    {"text/plain", FORM_WRONG_TYPE},
    {"", FORM_WRONG_TYPE},
};

START_TEST(reads_only_forms_from_the_body)
{
	request.body = "a=b";
	request.body_length = 3;
	fixture_header("Content-Type", content_types[_i].type);
	ck_assert_int_eq(form_from_body(&call, &form), content_types[_i].expected);
	if (content_types[_i].expected == FORM_OK)
		ck_assert_str_eq(form_value(&form, "a"), "b");
}
END_TEST

START_TEST(needs_exactly_one_content_type)
{
	request.body = "a=b";
	request.body_length = 3;
	ck_assert_int_eq(form_from_body(&call, &form), FORM_WRONG_TYPE);
	fixture_header("content-type", "application/x-www-form-urlencoded");
	ck_assert_int_eq(form_from_body(&call, &form), FORM_OK);
	fixture_header("Content-Type", "application/x-www-form-urlencoded");
	ck_assert_int_eq(form_from_body(&call, &form), FORM_WRONG_TYPE);
}
END_TEST

START_TEST(words_every_error)
{
	for (int error = FORM_TOO_LARGE; error <= FORM_WRONG_TYPE; error++) {
		const char *text = form_error_text((enum form_error)error);

		ck_assert_ptr_null(strpbrk(text, "\"\\"));
		for (int other = FORM_OK; other < error; other++)
			ck_assert_str_ne(text, form_error_text((enum form_error)other));
	}
}
END_TEST

Suite *
suite_web_form(void)
{
	Suite *suite = suite_create("web/form");

	FIXTURE_CASE(suite, tcase, "form");
	tcase_add_test(tcase, keeps_order_and_nothing_is_dropped);
	tcase_add_test(tcase, an_empty_value_is_as_omitted);
	tcase_add_test(tcase, reads_the_query);
	tcase_add_loop_test(tcase, reads_only_forms_from_the_body, 0,
	    sizeof(content_types) / sizeof(content_types[0]));
	tcase_add_test(tcase, needs_exactly_one_content_type);
	tcase_add_test(tcase, words_every_error);

	FIXTURE_CASE(suite, t10, "T-10");
	tcase_add_loop_test(t10, decodes_strictly, 0, sizeof(decodings) / sizeof(decodings[0]));
	tcase_add_test(t10, refuses_a_raw_nul);
	tcase_add_test(t10, counts_its_limits);

	FIXTURE_CASE(suite, a02, "A-02");
	tcase_add_test(a02, a02_sees_duplicates);
	return (suite);
}
