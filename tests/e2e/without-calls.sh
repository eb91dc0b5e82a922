#!/bin/sh
# Where no socket calls are taken down a wrong program is as wrong: each of a lesson's fails with --no-calls too, with
# some diagnosis, perhaps a wider one, and no call is named.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

lesson=02-udp-client-port # the one that has the most diagnoses by calls; the others: tests/unit/test_diagnose_calls.c
workspace $lesson work
for program in "$WINDSOCK_TESTS"/lessons/$lesson/wrong/*.c; do
	cp "$program" work/client.c
	run "$WINDSOCK" check --dir work --no-calls
	expect "$(basename "$program" .c) fails, and no call is named" 1 "Next: " "]" "!The call:" "!arguments-miscounted" \
		"!called-itself" "!no-route" "!call-failed" "!not-my-address" "!no-family" "!not-permitted" "!not-connected" \
		"!error-ignored"
done

finish
