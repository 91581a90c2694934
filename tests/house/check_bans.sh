#!/bin/bash
# What must not stand in our code, outside the one file that wraps it.
. tests/house/tap.sh

banned() {	# name, pattern, files that may
	local findings
	findings=$(grep -rnE "$2" src --include='*.c' --include='*.h' | grep -vE "^src/($3):" | cut -c1-120)
	verdict "$1" "$findings"
}

banned "no strcpy, strcat, sprintf, atoi, strtok, gets" '\b(strcpy|strcat|sprintf|vsprintf|atoi|atol|strtok|gets)\(' 'nowhere'
banned "no bare malloc outside base and where a library wants it" '\b(malloc|calloc|realloc)\(' \
    'generate/.*|base/.*|async/(fiber|threads|loop_[a-z]+|fetch)\.c|db/.*|people/(passwords|argon2)[a-z_]*\.c|web/kore_[a-z]+\.c|web/template[a-z_]*\.c'
banned "no json_pack" '\bjson_v?pack' 'nowhere'
banned "no kore_pgsql" '\bkore_pgsql' 'nowhere'
banned "no alloca" '\balloca\(' 'nowhere'
banned "no exit in code that workers run" '\bexit\(0\)' 'generate/.*'

# Files that decide by comparing what somebody sent with a secret, or with what was made of one.
secret_files="src/oauth/pkce.c src/clients/secrets.c src/grants/refresh_tokens.c src/web/csrf.c"
findings=$(grep -LE '\bsecret_equal\(' $secret_files; grep -nE '\b(memcmp|bcmp|strn?cmp|strn?casecmp)\(' $secret_files
	grep -nE '\btext_equal[a-z_]*\(' src/oauth/pkce.c src/clients/secrets.c
	grep -A3 '^secret_equal(' src/base/secret.c | grep -q CRYPTO_memcmp || echo "src/base/secret.c: secret_equal is not CRYPTO_memcmp")
verdict "P-05: proofs and secrets are compared in constant time" "$findings"

findings=$(grep -rnE '"[^"]*\b(SELECT|INSERT INTO|UPDATE [a-z_]+ SET|DELETE FROM|CREATE TABLE|ALTER TABLE)\b[^"]*"' src --include='*.[ch]' | grep -vE '^src/(db/(migrate|connection|schema)[a-z_]*\.c|generate/)' | cut -c1-120)
verdict "Q-01: SQL stands in .sql files only" "$findings"
finish
