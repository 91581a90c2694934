#!/bin/bash
# Fuzzes every parser for FUZZ_SECONDS and prints TAP. What is found stays in build/fuzz/corpus and is where the next run begins;
# an input that fails is kept as build/fuzz/found/<name>-*. T=word fuzzes only the harnesses whose name has it.
set -u
cd "$(dirname "$0")/../.." || exit 1
seconds=${FUZZ_SECONDS:?}

fuzz() {	# name
	local corpus=build/fuzz/corpus/$1 log=build/fuzz/$1.log inputs
	mkdir -p "$corpus" build/fuzz/found
	if "build/fuzz/tests/fuzz_$1" -max_total_time="$seconds" -max_len=8192 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
	    -artifact_prefix="build/fuzz/found/$1-" "$corpus" "tests/fuzz/corpus/$1" > "$log" 2>&1; then
		inputs=$(sed -nE 's/^stat::number_of_executed_units: +//p' "$log")
		echo "ok - fuzz: $1, ${inputs:-0} inputs"
	else
		echo "not ok - fuzz: $1"
		tail -40 "$log" >&2
		return 1
	fi
}
export -f fuzz; export seconds

for harness in tests/fuzz/fuzz_*.c; do
	name=${harness##*/fuzz_}; name=${name%.c}
	case "$name" in *${LATCHKEY_TESTS:-}*) echo "$name" ;; esac
done | xargs -P 2 -I {} bash -c 'fuzz {}'
