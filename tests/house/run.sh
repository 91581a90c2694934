#!/bin/bash
# The house rules, one file each; every file prints TAP.
cd "$(dirname "$0")/../.." || exit 1
status=0
for check in tests/house/check_*.sh; do
	bash "$check" || status=1
done
exit $status
