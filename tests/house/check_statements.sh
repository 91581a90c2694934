#!/bin/bash
# The catalogue of statements and the migrations.
. tests/house/tap.sh

# Tables whose rows belong to a realm, from the schema itself.
realm_tables=$(cat migrations/*.sql | awk '/^CREATE TABLE/ {name=$3} /^\trealm_id/ {print name}' | sort -u | tr '\n' '|' | sed 's/|$//')
findings=$(cat src/*/*.sql 2>/dev/null | awk -v tables="$realm_tables" '
	function judge() { if (name != "" && text ~ ("(^|[^a-z_])(" tables ")([^a-z_]|$)") && text !~ /realm_id/) print name " does not take realm_id" }
	/^-- name:/ { judge(); name = $3; text = ""; next }
	/^--/ { next }
	{ text = text "\n" tolower($0) }
	END { judge() }')
verdict "every statement on a realm-scoped table takes realm_id" "$findings"

findings=$(for table in $(echo "$realm_tables" | tr '|' ' '); do
	cat migrations/*.sql | awk -v t="$table" '$0 ~ "^CREATE TABLE " t " " {on=1} on && /PRIMARY KEY/ {if ($0 !~ /realm_id/) print t ": realm_id is not in the primary key"; found=1; exit} on && /^\)/ {exit}'
done)
verdict "every realm-scoped table has realm_id in its primary key" "$findings"

number=0; findings=""
for file in migrations/*.sql; do
	number=$((number + 1))
	[ "$(basename "$file" | cut -c1-5)" = "$(printf '%04d_' $number)" ] || findings+="$file: expected number $(printf '%04d' $number)"$'\n'
done
verdict "migrations are numbered without gaps" "${findings%$'\n'}"

findings=$(grep -nE '^[^-]*\b(DROP COLUMN|DROP TABLE|RENAME)\b' migrations/*.sql | grep -v 'EXECUTE format')
verdict "migrations expand: nothing that the release before needs is dropped" "$findings"
finish
