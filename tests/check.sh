#!/bin/bash
# Runs suites and prints what came of them: a table of suites, how many sentences of the specifications have their test, the rows of the
# security catalogue that were covered, a closing line.
# Every suite writes TAP, one line a test: build/check/<suite>.tap. T=word runs only what matches.
set -u
cd "$(dirname "$0")/.." || exit 1
out=build/check; mkdir -p "$out"
export LATCHKEY_TESTS="${T:-}"; [ -n "$LATCHKEY_TESTS" ] || unset LATCHKEY_TESTS

c_program() {	# name, program
	LATCHKEY_TAP="$out/$1.tap" timeout 900 "$2" > "$out/$1.log" 2>&1
}

node_suite() {	# name, binary, files...
	local name=$1 binary=$2; shift 2
	LATCHKEY_BINARY="$binary" LATCHKEY_ARTEFACTS="$out/$name" timeout 1500 tests/db/pg.sh run -- tests/node_modules/.bin/node --test --test-concurrency=1 \
	    ${T:+--test-name-pattern="$T"} --test-reporter=./tests/reporter.mjs --test-reporter-destination="$out/$name.tap" "$@" > "$out/$name.log" 2>&1
}

run_unit()	 { c_program unit build/release/tests/run_unit; }
run_db()	 { tests/db/pg.sh run -- env LATCHKEY_TAP="$out/db.tap" timeout 900 build/release/tests/run_db > "$out/db.log" 2>&1; }
run_http()	 { node_suite http build/release/latchkey tests/http/*.test.mjs; }
run_clients()	 { node_suite clients build/release/latchkey tests/clients/*.test.mjs; }
run_house()	 { tests/house/run.sh > "$out/house.tap" 2> "$out/house.log"; }
run_fuzz()	 { FUZZ_SECONDS="${FUZZ_SECONDS:-10}" tests/fuzz/run.sh > "$out/fuzz.tap" 2> "$out/fuzz.log"; }
run_sanitizers() {
	local status=0
	export ASAN_OPTIONS=detect_stack_use_after_return=0:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
	c_program sanitizers-unit build/sanitize/tests/run_unit || status=1
	node_suite sanitizers-http build/sanitize/latchkey tests/http/*.test.mjs || status=1
	cat "$out/sanitizers-unit.tap" "$out/sanitizers-http.tap" > "$out/sanitizers.tap"
	cat "$out/sanitizers-unit.log" "$out/sanitizers-http.log" > "$out/sanitizers.log"
	unset ASAN_OPTIONS UBSAN_OPTIONS
	return $status
}

passed=0 failed=0 table=""
for suite in "$@"; do
	rm -f "$out/$suite".tap "$out/$suite".log
	began=$SECONDS
	printf '  %-7s%s\n' run "$suite"
	"run_$suite"; status=$?
	touch "$out/$suite.tap"
	ok=$(grep -cE '^ok ' "$out/$suite.tap"); bad=$(grep -cE '^not ok ' "$out/$suite.tap")
	# A suite that exists must run its tests, and one that died has failed, whatever its tests said.
	if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; echo "not ok - $suite ended with $status" >> "$out/$suite.tap"; fi
	if [ $((ok + bad)) -eq 0 ]; then bad=1; echo "not ok - $suite ran no test" >> "$out/$suite.tap"; fi
	[ "$bad" -eq 0 ] || { grep -E '^not ok ' "$out/$suite.tap" | head -40; echo "  --- end of $out/$suite.log"; tail -60 "$out/$suite.log"; }
	passed=$((passed + ok)); failed=$((failed + bad))
	table+=$(printf '  %-12s %6d passed %5d failed %6ds' "$suite" "$ok" "$bad" $((SECONDS - began)))$'\n'
done

printf '\n%s\n' "$table"
grep -hE '^# figure: ' "$out"/http.tap 2>/dev/null | sed 's/^# figure:/ /' && echo
awk -F'\t' 'FNR > 1 {all++; if ($4 != "") tested++; else if ($5 != "") excused++}
	END {printf "  sentences of the specifications that bind a provider: %d, with a test %d, not applicable with the reason %d\n", all, tested, excused}' \
	tests/http/musts.tsv
rows=$(cat "$out"/*.tap | grep -E '^ok ' | grep -oE '\b(A|T|R|P|C|J|I|F|S|L|E|M|X|AD|D|O|B|H|DS|SL|Q|Z|FM)[-_][0-9]{2}\b' | tr _ - | sort -u | tr '\n' ' ')
printf '  rows of the security catalogue with a passing test: %s\n\n' "${rows:-none}"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
