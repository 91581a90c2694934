#!/bin/bash
# Every sentence that binds a provider has its test or the reason why not, and no test of a specification is without its sentence.
. tests/house/tap.sh
tsv=tests/http/musts.tsv
# Until they are joined, the lists that are there.
[ -f "$tsv" ] && set -- "$tsv" || set -- tests/http/musts_*.tsv
rows=$(awk 'FNR > 1' "$@")

# What must be there, whole: the list it comes from, its name.
specifications='oauth RFC 6749
oauth RFC 6750
oauth RFC 7009
oauth RFC 7636
oauth RFC 7662
oauth RFC 8414
oauth RFC 9068
oauth RFC 9207
oauth OAuth 2.1
openid OpenID Connect Core 1.0
openid OpenID Connect Discovery 1.0
openid OpenID Connect RP-Initiated Logout 1.0
openid OAuth 2.0 Form Post Response Mode'
# Whose every test stands for a sentence.
specified=$(ls tests/http/rfc*.test.mjs tests/http/oauth21.test.mjs tests/http/openid_*.test.mjs 2>/dev/null)

test_names() {	# files: the names of their tests as they stand there
	sed -nE "s/^ *test\\('((\\\\.|[^'\\\\])*)'.*/\\1/p; s/^ *test\\(\"((\\\\.|[^\"\\\\])*)\".*/\\1/p; s/^ *test\\(\`([^\`]*)\`.*/\\1/p" "$@" | sed -E "s/\\\\(.)/\\1/g"
}
named=$(awk -F'\t' '{n = split($4, t, / \| /); for (i = 1; i <= n; i++) if (t[i] != "") print t[i]}' <<< "$rows" | sort -u)

findings=$(for file in "$@"; do head -1 "$file" | grep -qx $'specification\tsection\tsentence\ttest\treason' || echo "$file: not the five columns"; done
	awk -F'\t' 'NF != 5 || $1 == "" || $2 == "" || $3 == "" || length($3) > 200 {print $1 " " $2 ": " substr($3, 1, 60) ": " NF " columns, or one is empty, or a sentence is too long"}' <<< "$rows")
verdict "musts: five columns, and a sentence is short" "$findings"

findings=$(awk -F'\t' '$4 == "" && $5 == "" {print $1 " " $2 ": " $3}' <<< "$rows")
verdict "musts: every sentence has its test, or the reason why not" "$findings"

findings=$(cut -f1-3 <<< "$rows" | sort | uniq -d)
verdict "musts: no sentence twice" "$findings"

findings=$(comm -23 <(grep -v '^unit:' <<< "$named") <(test_names tests/http/*.test.mjs tests/clients/*.test.mjs | sort -u)
	grep '^unit:' <<< "$named" | while IFS=/ read -r suite name; do
		file=$(grep -lE "^suite_${suite#unit:}\\(void\\)\$" tests/unit/*/*.c tests/db/*.c)
		[ -n "$file" ] && grep -qE "^START_TEST\\($name\\)\$" "$file" || echo "$suite/$name"
	done)
verdict "musts: every test that is named exists" "$findings"

findings=$(test_names $specified | sort | uniq -d)
verdict "musts: no two tests of the specifications have one name" "$findings"

findings=$(comm -13 <(echo "$named") <(test_names $specified | sort -u))
verdict "musts: no test without its sentence" "$findings"

findings=$(while read -r list specification; do
	[ -f "$tsv" ] || [ -f "tests/http/musts_$list.tsv" ] || continue
	cut -f1 <<< "$rows" | grep -qxF "$specification" || echo "$specification"
done <<< "$specifications")
verdict "musts: every specification is there" "$findings"
finish
