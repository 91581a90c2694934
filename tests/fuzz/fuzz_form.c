/* application/x-www-form-urlencoded from outside: form_parse (T-10). */
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "web/form.h"

enum { ARENA_MAX = 4 << 20 };

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return (0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	size_t i;
	struct arena *arena = arena_create(ARENA_MAX);
	struct form form = {0};

	if (form_parse(arena, (const char *)bytes, length, &form) == FORM_OK) {
		must(length <= FORM_BYTES_MAX && form.count <= FORM_FIELDS_MAX);
		for (i = 0; i < form.count; i++) {
			must(text_is_utf8(form.fields[i].name, strlen(form.fields[i].name)));
			must(text_is_utf8(form.fields[i].value, strlen(form.fields[i].value)));
		}
		(void)form_duplicate(&form);
	}
	arena_destroy(arena);
	return (0);
}
