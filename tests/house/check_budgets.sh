#!/bin/bash
# Size and form. Budgets go down only.
. tests/house/tap.sh
c_files=$(find src tests -name '*.[ch]' -not -path '*/node_modules/*' | sort)

findings=$(wc -l $(find src -name '*.[ch]') | awk '$2 != "total" && $1 > 500 {print $2 ": " $1 " lines"}')
verdict "no file of src over 500 lines" "$findings"

findings=$(ctags --c-kinds=f --fields=+ne -x --_xformat='%{end} %n %N %F' $(find src -name '*.c') 2>/dev/null |
	awk '$1 - $2 + 1 > 60 {print $4 ": " $3 " has " $1 - $2 + 1 " lines"}')
verdict "no function over 60 lines" "$findings"

findings=$(pmccabe $(find src -name '*.c' -not -path 'src/generate/*') | awk '$2 > 15 {print $6 ": " $7 " has a complexity of " $2}')
verdict "no function more complex than 15" "$findings"

findings=$(for file in $(find src -name '*.[ch]'); do expand -t 8 "$file" | awk -v f="$file" 'length($0) > 100 {print f ":" NR ": " length($0) " columns"}'; done)
verdict "no line over 100 columns" "$findings"

findings=$(find src tests -name '*.[ch]' -not -path '*/node_modules/*' | grep -iE '/[a-z_]*(util|helper|misc|common|manager|handler|process)[a-z_]*\.[ch]$|/data\.[ch]$')
verdict "no room without a name" "$findings"

findings=$(for room in src/*/; do [ -f "$room/README.md" ] || echo "$room has no door plate"; done)
verdict "every room has its door plate" "$findings"

findings=$(grep -rnE '\b(TODO|FIXME|XXX|HACK)\b' src tests migrations assets docs conf --include='*' --exclude-dir=node_modules --exclude='check_budgets.sh' --exclude=package-lock.json | cut -c1-120)
verdict "nothing is left for later in a comment" "$findings"

findings=$(clang-format --dry-run $c_files 2>&1 | grep -E 'warning: code should be' | cut -d: -f1 | sort | uniq -c)
verdict "clang-format finds nothing" "$findings"
finish
