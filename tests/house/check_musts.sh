#!/bin/bash
# Every sentence that binds a provider has its test or the reason why not, and no test of a specification is without its sentence.
. tests/house/tap.sh
tsv=tests/http/musts.tsv
rows=$(awk 'FNR > 1' $tsv)

# What must be there, whole.
specifications='RFC 6749
RFC 6750
RFC 7009
RFC 7636
RFC 7662
RFC 8414
RFC 9068
RFC 9207
OAuth 2.1
OpenID Connect Core 1.0
OpenID Connect Discovery 1.0
OpenID Connect RP-Initiated Logout 1.0
OAuth 2.0 Form Post Response Mode'
# Whose every test stands for a sentence.
specified=$(ls tests/http/rfc*.test.mjs tests/http/oauth21.test.mjs tests/http/openid_*.test.mjs 2>/dev/null)

test_names() {	# files: the names of their tests as they stand there
	sed -nE "s/^ *test\\('((\\\\.|[^'\\\\])*)'.*/\\1/p; s/^ *test\\(\"((\\\\.|[^\"\\\\])*)\".*/\\1/p; s/^ *test\\(\`([^\`]*)\`.*/\\1/p" "$@" | sed -E "s/\\\\(.)/\\1/g"
}
named=$(awk -F'\t' '{n = split($4, t, / \| /); for (i = 1; i <= n; i++) if (t[i] != "") print t[i]}' <<< "$rows" | sort -u)

findings=$(head -1 $tsv | grep -qx $'specification\tsection\tsentence\ttest\treason' || echo "$tsv: not the five columns"
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

findings=$(while read -r specification; do
	cut -f1 <<< "$rows" | grep -qxF "$specification" || echo "$specification"
done <<< "$specifications")
verdict "musts: every specification is there" "$findings"
finish
