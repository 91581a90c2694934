/* What scopes mean, in words for people: one table (scope_texts.c). */
#ifndef LOGIN_SCOPE_TEXTS_H
#define LOGIN_SCOPE_TEXTS_H

struct scope_text {
	const char *name;
	const char *title;
	const char *description;
};

/* NULL for a scope that has no words here: the page then shows its name. */
const struct scope_text *scope_text_find(const char *name);

#endif
