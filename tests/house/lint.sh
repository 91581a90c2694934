#!/bin/bash
# Slower looks at the code than the house checks: clang-tidy, cppcheck, gcc's analyser.
cd "$(dirname "$0")/../.." || exit 1
flags="-std=gnu11 -D_GNU_SOURCE -DLATCHKEY_VERSION=\"x\" -Isrc -Ibuild/generated -isystem /usr/share/kore/include $(pkg-config --cflags libpq jansson libargon2 libcurl)"
files=$(git ls-files 'src/*.c' | grep -v '^src/generate/')
status=0
echo "clang-tidy"; clang-tidy --quiet --warnings-as-errors='*' --checks='-*,bugprone-*,clang-analyzer-*,-bugprone-easily-swappable-parameters,-bugprone-reserved-identifier,-bugprone-assignment-in-if-condition,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,-bugprone-narrowing-conversions,-bugprone-implicit-widening-of-multiplication-result,-bugprone-suspicious-include' $files -- $flags 2>/dev/null || status=1
echo "cppcheck"; cppcheck --quiet --error-exitcode=1 --enable=warning,portability --inline-suppr --suppress=missingIncludeSystem -D_GNU_SOURCE -Isrc -Ibuild/generated $files || status=1
echo "gcc -fanalyzer"; for file in $files; do gcc $flags -fanalyzer -fsyntax-only -O1 "$file" || status=1; done
exit $status
