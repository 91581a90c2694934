#!/bin/bash
# What is written twice is compared.
. tests/house/tap.sh
latchkey=build/release/latchkey

findings=$(diff <(env -i $latchkey config --example) conf/latchkey.conf 2>&1)
verdict "conf/latchkey.conf is what the table of settings says" "$findings"

findings=$(for word in $(env -i $latchkey config --json | tr ',' '\n' | grep -oE '"[a-z_]+":\{' | tr -d '":{' ); do
	env -i $latchkey config --example | grep -q "^#$word = " || continue
	grep -q "\`$word\`" docs/settings.md || echo "$word is not in docs/settings.md"
done)
verdict "every setting is in docs/settings.md" "$findings"

findings=$(sed -nE 's/^    (SECONDS|BOOLEAN)\(([a-z_]+).*/\2/p; s/^    \{"([a-z_]+)", SETTING_.*/\1/p' src/realms/realm_settings.c | while read -r word; do
	grep -q "^| \`$word\`" docs/settings.md || echo "$word is not in docs/settings.md"
done)
verdict "every setting of a realm is in docs/settings.md" "$findings"

findings=$(env -i $latchkey routes | awk '{print $(NF-1)}' | while read -r path; do
	grep -rqF "$path" README.md docs src/*/README.md || echo "$path is in no page of docs and on no door plate"
done)
verdict "every URL is documented" "$findings"

findings=$(env -i $latchkey --help | sed -nE 's/^  ([a-z]+( [a-z]+)?) .*/\1/p' | while read -r words; do
	env -i $latchkey $words --help > /dev/null 2>&1 || echo "latchkey $words --help fails"
done)
verdict "every command has its --help" "$findings"

findings=$({ cat src/*/*.sql | awk '/INTO events/ {inside = 1} /^$/ {inside = 0} inside' | grep -oE "'[a-z_]+\.[a-z_]+'"; grep -rhE '\.kind = "' src --include='*.c' | grep -oE '"[a-z_.]+"'; } |
	tr -d "'\"" | sort -u | while read -r kind; do
	grep -q "^| .*\`$kind\`" src/events/README.md || echo "$kind is not in src/events/README.md"
done)
verdict "every kind of event is on the door plate of events" "$findings"

findings=$(for page in docs/add_sign_in/*.md; do
	name=$(basename "$page" .md)
	grep -q "(add_sign_in/$name.md)" docs/add_sign_in.md || echo "docs/add_sign_in.md does not lead to $page"
	grep -qE "\.app\('$name'" tests/clients/*.test.mjs || echo "no test of tests/clients runs $page"
	for package in $(sed -nE 's/^sudo apt-get install //p' "$page"); do
		grep -qE "^check=.* $package[ \"]" conf/install-packages.sh || echo "$page installs $package, conf/install-packages.sh does not"
	done
done)
verdict "every page about sign-in is run by a test, with what it installs" "$findings"

findings=$(sed -nE 's/^    \{"([a-z_]+)", offsetof\(struct client_policy, .*/\1/p' src/clients/client_policy.c | while read -r name; do
	grep -q "^| \`$name\` |" docs/clients.md || echo "$name is not in docs/clients.md"
done)
verdict "every rule of a client's policy is in docs/clients.md" "$findings"
finish
