#!/bin/sh
# Writes the table of C suites: every `suite_...(void)` that the given files define.
names=$(cat "$@" /dev/null | sed -nE 's/^suite_([a-z0-9_]+)\(void\)$/\1/p' | sort)
printf '#include <check.h>\n#include <stddef.h>\n#include "suites.h"\n'
for name in $names; do printf 'Suite *suite_%s(void);\n' "$name"; done
printf 'const struct suite_entry suites[] = {\n'
for name in $names; do printf '\t{"%s", suite_%s},\n' "$name" "$name"; done
printf '};\nconst size_t suites_count = sizeof(suites) / sizeof(suites[0]);\n'
