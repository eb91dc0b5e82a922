#!/bin/sh
# A machine in trouble: one call of windsock's goes wrong, at some places of a check and of a grade (faults.py).
# All of them are many: `make check-faults`. A seed that failed here: faults.py --seed, or --only and --at.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab
have python3 || skip_all "python3 is not installed"

if ! "$CC" -std=c11 -D_GNU_SOURCE -shared -fPIC -o "$work/inject.so" "$WINDSOCK_TESTS/faults/inject.c" -ldl 2> "$work/err"; then
	diag < "$work/err"
	echo "Bail out! the library does not compile"
	exit 99
fi
chmod 755 "$work/inject.so"
# Under sanitizers theirs has to come first.
first=$(ldd "$WINDSOCK" | awk '$1 ~ /^libasan/ { print $3 }')
python3 "$WINDSOCK_TESTS/faults/faults.py" --windsock "$WINDSOCK" --inject "$work/inject.so" --preload "$first" \
	--fixtures "$WINDSOCK_TESTS/lessons/01-udp-server" --points "${WINDSOCK_FAULTS:-8}"
