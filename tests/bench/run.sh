#!/bin/bash
# make bench: every figure beside its limit, measured in the same run.
# By environment: SECONDS_EACH=5, ROWS=1000000 (grants of others in the table), ONLY=introspection,refresh (some of run.mjs's measures).
set -eu
cd "$(dirname "$0")/../.."
conf/install-packages.sh bench
make --no-print-directory -j2 all build/release/tests/bench_bare build/release/tests/bench_argon2 tests/node_modules/.installed
exec tests/db/pg.sh run -- tests/node_modules/.bin/node tests/bench/run.mjs
