/*
 * Pages. Templates are assets (assets/pages/x.html), compiled at start; a bad one stops the start.
 *   {{name}}                 value, HTML-escaped: the only way to put a value in, in text and in
 *                            double-quoted attributes; anywhere else inside a tag is refused
 *   {{#name}} ... {{/name}}  once per item of a list; once if the value is there and not empty
 *   {{^name}} ... {{/name}}  if it is absent, empty or has no items
 *   {{>name}}                another template of the folder: {{>header}} is pages/header.html
 * A section or partial alone on its line leaves no empty line. There is no raw output.
 * Every page has the value assets_version.
 */
#ifndef WEB_TEMPLATE_H
#define WEB_TEMPLATE_H

#include <stdbool.h>

#include "async/call.h"
#include "web/reply.h"

enum { PAGE_BYTES_MAX = 512 * 1024 };

struct page;

struct page *page_create(struct call *);
void page_text(struct page *, const char *name, const char *value); /* NULL: absent */
void page_flag(struct page *, const char *name, bool value);
/* A new item at the end of the list; its values hide the outer ones inside the section. */
struct page *page_item(struct page *, const char *list);
/* An origin that a form of this page may end up at by redirects; browsers apply form-action to
 * them. May be called again. */
void page_allow_form_action(struct page *, const char *origin);
/* Lets the page run scripts of /assets/ and call this origin. Without it a page runs none. */
void page_allow_scripts(struct page *);
/* template: "login" for assets/pages/login.html. text/html, with our page CSP. */
struct reply page_reply(struct page *, int status, const char *template);

void templates_start(void); /* compiles all; fatal() with file and line on a mistake */

#endif
