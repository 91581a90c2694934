#!/bin/bash
# Kore's sources are the ones we have read: a changed package is noticed.
. tests/house/tap.sh
findings=$(cd /usr/share/kore && sha256sum --quiet -c "$OLDPWD/tests/house/kore.sha256" 2>&1)
verdict "Kore's sources are unchanged" "$findings"
findings=$(cd /usr/share/kore && find src include -type f | sort | while read -r file; do grep -q "  $file\$" "$OLDPWD/tests/house/kore.sha256" || echo "$file is new"; done)
verdict "Kore has no source that we have not read" "$findings"
finish
