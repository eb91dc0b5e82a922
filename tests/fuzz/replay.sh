#!/bin/sh
# replay.sh - every fuzz target over its corpus and some thousand mutations of it, without
# libFuzzer: what was found once is not lost again. `make fuzz` looks for what is new.
number=0
failures=0
output=$(mktemp) || exit 99
trap 'rm -f "$output"' EXIT

for target in capture debugline evidence handed_in hints lesson markdown observe packet progress result rules trace; do
	number=$((number + 1))
	if "./tests/fuzz/replay_$target" -n "${WINDSOCK_MUTATIONS:-3000}" "$WINDSOCK_TESTS/fuzz/corpus/$target" \
		>"$output" 2>&1; then
		echo "ok $number - $target: $(tail -n 1 "$output")"
	else
		echo "not ok $number - $target"
		failures=$((failures + 1))
		tail -n 40 "$output" | sed 's/^/# /'
	fi
done
echo "1..$number"
[ $failures -eq 0 ]
