#!/bin/bash
# A PostgreSQL of the tests' own: Unix socket only, no fsync, gone afterwards.
#   pg.sh run -- COMMAND...   starts one, runs the command with LATCHKEY_TEST_DATABASE_URL set, stops it; the command's status
#   pg.sh start               starts one and prints its connection string (superuser postgres, database postgres)
#   pg.sh halt|resume URL     stops the server (fast), starts it again on the same data
#   pg.sh stop URL            stops the server and removes its data
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=/usr/lib/postgresql/15/bin

# initdb refuses root.
as_server() {
	if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

place_of() {
	[[ "${1:-}" =~ host=(/[^ ]+)/socket( |$) ]] || { echo "pg.sh: not a connection string of mine: ${1:-}" >&2; exit 64; }
	echo "${BASH_REMATCH[1]}"
}

server_start() {	# place
	# The server must not hold our output open.
	as_server "$bin/pg_ctl" start -w -s -t 60 -D "$1/data" -l "$1/log" > /dev/null < /dev/null || { tail -20 "$1/log" >&2; exit 1; }
}

server_halt() {
	as_server "$bin/pg_ctl" stop -w -s -t 60 -m "$2" -D "$1/data" > /dev/null < /dev/null
}

start() {
	local base=/var/tmp place
	# A socket's path has at most 107 bytes.
	if [ "$(id -u)" -ne 0 ] && [ "${#PWD}" -le 60 ]; then base=$PWD/build; mkdir -p "$base"; fi
	place=$(mktemp -d "$base/latchkey-pg.XXXXXX")
	if [ "$(id -u)" -eq 0 ]; then chown postgres "$place"; fi
	as_server mkdir -m 700 "$place/socket"
	as_server "$bin/initdb" -D "$place/data" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync > /dev/null
	as_server tee -a "$place/data/postgresql.conf" > /dev/null <<-CONF
		listen_addresses = ''
		unix_socket_directories = '$place/socket'
		max_connections = 200
		shared_buffers = 64MB
		fsync = off
		full_page_writes = off
		autovacuum = off
		shared_preload_libraries = 'pg_stat_statements'
		log_line_prefix = '%m %p %d %u '
	CONF
	server_start "$place"
	echo "host=$place/socket user=postgres dbname=postgres"
}

stop() {
	local place
	place=$(place_of "$1")
	server_halt "$place" immediate || true
	rm -rf "$place"
}

run() {
	local child=0 status=0
	LATCHKEY_TEST_DATABASE_URL=$(start)
	export LATCHKEY_TEST_DATABASE_URL
	trap 'stop "$LATCHKEY_TEST_DATABASE_URL"' EXIT
	trap '[ "$child" -eq 0 ] || kill -TERM "$child"; exit 143' INT TERM HUP
	"$@" & child=$!
	wait "$child" || status=$?
	exit "$status"
}

case "${1:-}" in
run)	shift; [ "${1:-}" != -- ] || shift; run "$@" ;;
start)	start ;;
halt)	server_halt "$(place_of "${2:-}")" fast ;;
resume)	server_start "$(place_of "${2:-}")" ;;
stop)	stop "${2:-}" ;;
*)	sed -n '2,6s/^# \?//p' "$0" >&2; exit 64 ;;
esac
