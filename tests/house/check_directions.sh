#!/bin/bash
# Who may include whom (docs/architecture.md): front rooms use the floors below and never each other, but for named doors.
. tests/house/tap.sh

floor0="base"
tools="async db jose web"
subjects="realms people clients keys tokens grants sessions events queue"
front="oauth login ops cli jobs demo"
doors="login/flow.h login/factors.h oauth/errors.h"

# What each room may include, beside itself and floor 0.
may() {
	case "$1" in
	base)		echo "" ;;
	async)		echo "base" ;;
	db|jose|web)	echo "base async" ;;
	realms)		echo "base async db" ;;
	queue|events)	echo "base async db realms" ;;
	keys)		echo "base async db jose realms events queue" ;;
	people)		echo "base async db events queue realms people" ;;
	clients)	echo "base async db jose events queue realms people" ;;
	sessions)	echo "base async db people clients events realms grants keys" ;;
	grants)		echo "base async db people clients events realms keys sessions" ;;
	tokens)		echo "base async db jose keys grants clients people sessions events realms" ;;
	oauth|login|ops|cli|jobs|demo)	echo "base async db jose web realms people clients keys tokens grants sessions events queue settings.h routes.h" ;;
	esac
}

findings=""
for room in $floor0 $tools $subjects $front; do
	allowed=" $room $(may "$room") "
	while IFS=: read -r file include; do
		target=${include%%/*}
		case "$target" in statements.h) target=db ;; esac
		case " $doors " in *" $include "*) case " $front " in *" $room "*) continue ;; esac ;; esac
		case "$allowed" in *" $target "*) ;; *) findings+="$file includes $include"$'\n' ;; esac
	done < <(grep -rHoE '^#include "[^"]+"' "src/$room" --include='*.[ch]' 2>/dev/null | grep -vE 'src/web/kore_|"kore/|loop_kore' | sed -E 's/#include "([^"]+)"/\1/')
done
verdict "front rooms use the floors below and never each other" "${findings%$'\n'}"

findings=$(grep -rlE '#include [<"]kore/' src --include='*.[ch]' | grep -vE '^src/(main\.c|web/kore_[a-z]+\.[ch]|async/loop_kore\.c)$')
verdict "only main.c, web/kore_*.c and async/loop_kore.c know Kore" "$findings"

findings=$(grep -rnE '\b(PQ[a-z]+|PGconn|PGresult)\b' src --include='*.[ch]' | grep -vE '^src/(db/|cli/dev_postgres\.c)' | cut -c1-120)
verdict "libpq stays in db" "$findings"

findings=$(grep -rnE '\bEVP_[A-Za-z_]+\(' src --include='*.c' | grep -vE '^src/(base|jose)/' | cut -c1-120)
verdict "OpenSSL's EVP stays in base and jose" "$findings"
finish
