/* Templates compiled to a flat list of steps; template_render.c runs them. Private to web/. */
#ifndef WEB_TEMPLATE_COMPILE_H
#define WEB_TEMPLATE_COMPILE_H

#include <stddef.h>

#include "base/arena.h"

enum template_step_kind {
	STEP_TEXT,
	STEP_VALUE,
	STEP_SECTION,
	STEP_UNLESS,
	STEP_END,
	STEP_PARTIAL
};

enum { TEMPLATE_DEPTH_MAX = 8 }; /* sections within a template; partials within partials */

struct template_step {
	enum template_step_kind kind;
	const char *text; /* STEP_TEXT: bytes of the source; others: the name */
	size_t length;	  /* STEP_TEXT only */
	size_t end;	  /* STEP_SECTION, STEP_UNLESS: index of their STEP_END */
	unsigned line;
	const struct template *partial; /* STEP_PARTIAL, after template_set_link() */
};

struct template
{
	const char *name;
	struct template_step *steps;
	size_t count;
	struct template *next;
};

struct template_set {
	struct arena *arena;
	struct template *first;
};

/* The source must outlive the set. fatal() with name and line on a mistake. */
void template_set_add(struct template_set *, const char *name, const char *source, size_t length);
/* Binds partials; fatal() on one that is unknown or contains itself. */
void template_set_link(struct template_set *);
const struct template *template_set_find(const struct template_set *, const char *name);

#endif
