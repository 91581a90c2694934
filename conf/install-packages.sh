#!/bin/sh
# Installs the Debian packages that are missing: install-packages.sh run|check. Asks for sudo only when something is missing.
# Installing starts no servers and makes no clusters.
set -eu
run="gcc libc6-dev make pkg-config kore libpq-dev libssl-dev libjansson-dev libargon2-dev libsodium-dev libcurl4-openssl-dev zlib1g-dev postgresql-15 postgresql-client-15"
check="check procps clang clang-format clang-tidy libclang-rt-14-dev cppcheck pmccabe universal-ctags chromium git fonts-dejavu-core apache2-bin libapache2-mod-auth-openidc python3-authlib python3-flask python3-requests"
bench="wrk"

case "${1:-run}" in
run)	wanted="$run" ;;
check)	wanted="$run $check"
	command -v npm >/dev/null 2>&1 || wanted="$wanted npm" ;;
bench)	wanted="$run wrk" ;;
*)	echo "usage: $0 run|check|bench" >&2; exit 64 ;;
esac

missing=""
for package in $wanted; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "Installing Debian packages:$missing"
root=""
[ "$(id -u)" -eq 0 ] || root="sudo"
$root sh -s -- $missing <<'INSTALL'
set -eu
policy=/usr/sbin/policy-rc.d
made=""
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod 755 "$policy"; made=yes
fi
trap '[ -z "$made" ] || rm -f "$policy"' EXIT
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
	mkdir -p /etc/postgresql-common
	echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "$@" </dev/null
INSTALL
