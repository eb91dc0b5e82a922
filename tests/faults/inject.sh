# inject.sh - makes the library of inject.c; sourced behind tap.sh. Sets $first: what must be preloaded before it.
if ! "$CC" -std=c11 -D_GNU_SOURCE -shared -fPIC -o "$work/inject.so" "$WINDSOCK_TESTS/faults/inject.c" -ldl 2> "$work/err"; then
	diag < "$work/err"
	echo "Bail out! the library does not compile"
	exit 99
fi
chmod 755 "$work/inject.so"
# Under sanitizers theirs has to come first.
first=$(ldd "$WINDSOCK" | awk '$1 ~ /^libasan/ { print $3 }')
