/* "form_post <subject> <nonce>": three words, the last two may be empty. */
#include "oauth/authorize_memo.h"

#include <string.h>

#include "base/text.h"

const char *
authorize_memo_write(struct arena *arena, const struct authorize_plan *plan)
{
	return (arena_format(arena, "%s %s %s", plan->mode->name,
	    plan->hinted_subject != NULL ? plan->hinted_subject : "",
	    plan->flow.nonce != NULL ? plan->flow.nonce : ""));
}

/* The bytes up to the next space, behind which *cursor then stands; NULL without one. */
static const char *
word_read(struct arena *arena, const char **cursor)
{
	size_t length = strcspn(*cursor, " ");
	const char *word = arena_substring(arena, *cursor, length);

	if ((*cursor)[length] != ' ')
		return (NULL);
	*cursor += length + 1;
	return (word);
}

bool
authorize_memo_read(struct arena *arena, struct authorize_plan *plan)
{
	const char *cursor = plan->flow.nonce, *mode, *subject;

	if (cursor == NULL || (mode = word_read(arena, &cursor)) == NULL ||
	    (subject = word_read(arena, &cursor)) == NULL ||
	    (plan->mode = response_mode_find(mode)) == NULL)
		return (false);
	plan->hinted_subject = subject[0] != '\0' ? subject : NULL;
	plan->flow.nonce = cursor[0] != '\0' ? cursor : NULL;
	return (true);
}
