#include "fixture.h"

#include "web/template_render.h"

Suite *suite_web_template(void);

static struct template_set set;
static struct page *page;

static void
setup(void)
{
	fixture_setup();
	set.arena = call.arena;
	set.first = NULL;
	page = page_create(&call);
}

static void
add(const char *name, const char *source)
{
	template_set_add(&set, name, source, strlen(source));
}

static const char *
render(const char *source)
{
	struct text out;

	add("it", source);
	template_set_link(&set);
	text_init(&out, call.arena, PAGE_BYTES_MAX);
	page_render(page, template_set_find(&set, "it"), &out);
	return (out.data);
}

START_TEST(escapes_in_text_and_attributes)
{
	page_text(page, "v", "\"><script>alert('1')</script>&");
	ck_assert_str_eq(render("<a title=\"{{v}}\">{{v}}</a>"),
	    "<a title=\"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;\">"
	    "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</a>");
}
END_TEST

START_TEST(a_value_is_not_a_template)
{
	page_text(page, "v", "{{w}}{{>header}}");
	page_text(page, "w", "never");
	ck_assert_str_eq(render("{{v}}"), "{{w}}{{&gt;header}}");
}
END_TEST

START_TEST(absent_values_are_empty)
{
	page_text(page, "none", NULL);
	ck_assert_str_eq(render("[{{none}}{{never_set}}]"), "[]");
}
END_TEST

START_TEST(sections_ask_whether_a_value_is_there)
{
	page_text(page, "text", "t");
	page_text(page, "empty", "");
	page_text(page, "null", NULL);
	page_flag(page, "yes", true);
	page_flag(page, "no", false);
	ck_assert_str_eq(
	    render("{{#text}}1{{text}}{{/text}}{{#empty}}2{{/empty}}{{#null}}3{{/null}}"
		   "{{#yes}}4{{/yes}}{{#no}}5{{/no}}{{#never}}6{{/never}}"),
	    "1t4");
}
END_TEST

START_TEST(inverted_sections_ask_the_opposite)
{
	page_text(page, "text", "t");
	page_text(page, "empty", "");
	page_flag(page, "no", false);
	page_item(page, "list");
	ck_assert_str_eq(render("{{^text}}1{{/text}}{{^empty}}2{{/empty}}{{^no}}3{{/no}}"
				"{{^never}}4{{/never}}{{^list}}5{{/list}}"),
	    "234");
}
END_TEST

START_TEST(the_latest_value_wins)
{
	page_text(page, "v", "first");
	page_text(page, "v", "second");
	ck_assert_str_eq(render("{{v}}"), "second");
}
END_TEST

START_TEST(lists_repeat_and_hide_outer_values)
{
	struct page *item;

	page_text(page, "name", "outer");
	page_text(page, "also", "seen");
	item = page_item(page, "list");
	page_text(item, "name", "one");
	item = page_item(page, "list");
	page_text(item, "name", NULL);
	page_item(page, "list");
	ck_assert_str_eq(render("{{#list}}({{name}} {{also}}){{/list}}{{name}}"),
	    "(one seen)( seen)(outer seen)outer");
}
END_TEST

START_TEST(lists_nest)
{
	struct page *row;

	row = page_item(page, "rows");
	page_text(row, "r", "1");
	page_text(page_item(row, "cells"), "c", "a");
	page_text(page_item(row, "cells"), "c", "b");
	row = page_item(page, "rows");
	page_text(row, "r", "2");
	ck_assert_str_eq(render("{{#rows}}{{r}}:{{#cells}}{{r}}{{c}},{{/cells}}"
				"{{^cells}}none{{/cells}};{{/rows}}"),
	    "1:1a,1b,;2:none;");
}
END_TEST

START_TEST(partials_see_the_place_they_stand_in)
{
	page_text(page_item(page, "list"), "v", "item");
	page_text(page, "v", "page");
	add("part", "[{{v}}]");
	ck_assert_str_eq(render("{{>part}}{{#list}}{{>part}}{{/list}}"), "[page][item]");
}
END_TEST

START_TEST(tags_alone_on_a_line_leave_none)
{
	page_flag(page, "yes", true);
	page_text(page, "v", "x");
	add("part", "part\n");
	ck_assert_str_eq(
	    render("a\n  {{#yes}}\n  {{v}}\n  {{/yes}}\n{{>part}}\n{{#yes}}b{{/yes}}\n{{v}}\nc"),
	    "a\n  x\npart\nb\nx\nc");
}
END_TEST

START_TEST(flags_may_stand_inside_a_tag)
{
	page_flag(page, "on", true);
	ck_assert_str_eq(
	    render("<input{{#on}} aria-invalid=\"true\"{{/on}}>"), "<input aria-invalid=\"true\">");
}
END_TEST

/* Each of these must stop the start. */
static const char *const mistakes[] = {
    "{{>unknown}}",
    "{{>it}}",
    "{{#a}}",
    "{{/a}}",
    "{{#a}}{{#b}}{{/a}}{{/b}}",
    "{{a",
    "{{}}",
    "{{#}}{{/}}",
    "{{{a}}}",
    "{{&a}}",
    "{{A}}",
    "{{ a }}",
    "<a href={{a}}>",
    "<a {{a}}>",
    "<{{a}}>",
    "<a href='{{a}}'>",
    "<a title=\"{{#a}}\">{{/a}}",
    "<a title=\"x",
    "<script>{{a}}</script>",
    "<script>1</script>",
    "<style>a{}</style>",
    "<a {{>it}}>",
    "{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/"
    "a}}{{/a}}{{/a}}",
};

START_TEST(a_mistake_stops_the_start)
{
	render(mistakes[_i]);
}
END_TEST

START_TEST(partials_in_a_circle_stop_the_start)
{
	add("a", "{{>b}}");
	add("b", "{{>a}}");
	template_set_link(&set);
}
END_TEST

START_TEST(our_own_pages_compile_and_have_a_policy)
{
	struct reply reply;

	templates_start();
	page_text(page, "realm_name", "<Acme>");
	page_allow_form_action(page, "https://app.example");
	page_allow_form_action(page, "com.example.app:");
	page_allow_form_action(page, "http://[::1]:7777");
	page_allow_form_action(page, "https://evil; script-src *");
	reply = page_reply(page, 200, "login");
	ck_assert_str_eq(reply.content_type, "text/html; charset=utf-8");
	ck_assert_str_eq(reply.csp,
	    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
	    "form-action 'self' https://app.example com.example.app: http:; "
	    "frame-ancestors 'none'; base-uri 'none'");
	ck_assert(!reply.is_cacheable);
	ck_assert_ptr_nonnull(strstr(fixture_body(&reply), "&lt;Acme&gt;"));
	ck_assert_ptr_null(strstr(fixture_body(&reply), "{{"));
}
END_TEST

START_TEST(scripts_are_allowed_by_the_page_only)
{
	templates_start();
	page_allow_scripts(page);
	ck_assert_ptr_nonnull(strstr(page_reply(page, 200, "demo").csp,
	    "script-src 'self'; connect-src 'self'; form-action"));
}
END_TEST

START_TEST(a_page_that_does_not_exist_is_impossible)
{
	templates_start();
	page_reply(page, 200, "nonesuch");
}
END_TEST

START_TEST(a_page_that_grows_too_long_is_not_cut)
{
	char *long_text = arena_alloc(call.arena, PAGE_BYTES_MAX + 1);

	templates_start();
	memset(long_text, 'a', PAGE_BYTES_MAX);
	page_text(page, "error", long_text);
	ck_assert_int_eq(page_reply(page, 200, "login").status, 500);
}
END_TEST

Suite *
suite_web_template(void)
{
	Suite *suite = suite_create("web/template");
	TCase *tcase = tcase_create("template");

	tcase_add_checked_fixture(tcase, setup, fixture_teardown);
	suite_add_tcase(suite, tcase);
	tcase_add_test(tcase, absent_values_are_empty);
	tcase_add_test(tcase, sections_ask_whether_a_value_is_there);
	tcase_add_test(tcase, inverted_sections_ask_the_opposite);
	tcase_add_test(tcase, the_latest_value_wins);
	tcase_add_test(tcase, lists_repeat_and_hide_outer_values);
	tcase_add_test(tcase, lists_nest);
	tcase_add_test(tcase, partials_see_the_place_they_stand_in);
	tcase_add_test(tcase, tags_alone_on_a_line_leave_none);
	tcase_add_test(tcase, flags_may_stand_inside_a_tag);
	tcase_add_loop_test_raise_signal(
	    tcase, a_mistake_stops_the_start, SIGABRT, 0, sizeof(mistakes) / sizeof(mistakes[0]));
	tcase_add_test_raise_signal(tcase, partials_in_a_circle_stop_the_start, SIGABRT);
	tcase_add_test(tcase, our_own_pages_compile_and_have_a_policy);
	tcase_add_test(tcase, scripts_are_allowed_by_the_page_only);
	tcase_add_test_raise_signal(tcase, a_page_that_does_not_exist_is_impossible, SIGABRT);
	tcase_add_test(tcase, a_page_that_grows_too_long_is_not_cut);

	TCase *b04 = tcase_create("B-04");

	tcase_add_checked_fixture(b04, setup, fixture_teardown);
	suite_add_tcase(suite, b04);
	tcase_add_test(b04, escapes_in_text_and_attributes);
	tcase_add_test(b04, a_value_is_not_a_template);
	return (suite);
}
