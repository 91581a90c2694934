# Sourced by the checks. verdict "name" "findings": ok when there are no findings, else not ok with each finding as a comment.
verdict() {
	if [ -z "$2" ]; then
		echo "ok - house: $1"
	else
		echo "not ok - house: $1"
		printf '%s\n' "$2" | sed 's/^/#   /'
		printf '%s\n%s\n' "$1:" "$2" >&2
		house_failed=1
	fi
}
house_failed=0
finish() { exit $house_failed; }
