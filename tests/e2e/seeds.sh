#!/bin/sh
# --seed: other ports and texts, the same for the same word; who wrote them down is found out.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

values() { # NAME CASE: what the last run of it drew, one a line
	sed -n '/"params"/,/\]/p' "$work/$1/.windsock/last/$2/run.json" | sed -n 's/.*"value": //p'
}

lesson=01-udp-server
workspace $lesson seeded
solve $lesson seeded

run "$WINDSOCK" check --dir seeded
values seeded ask-again > plain
that "without a seed the values are the lesson's" grep -qx '"7777"' plain

run "$WINDSOCK" check --dir seeded --seed autumn
expect "with a seed the solution is right, and the seed is named" 0 "$most of $most points" "--seed autumn"
values seeded ask-again > autumn
that "all six values are others" test "$(head -n 6 plain | grep -cxFf autumn)" = 0
that "the addresses are not drawn" grep -qx '"10.0.0.1"' autumn
that "the record names the seed" grep -q '"seed": "autumn"' seeded/.windsock/last/ask-again/run.json
values seeded one-question > other-case
that "each case of a check has the same values" cmp -s autumn other-case

run "$WINDSOCK" check --dir seeded --seed autumn
values seeded ask-again > again
that "the same word draws the same" cmp -s autumn again
run "$WINDSOCK" check --dir seeded --seed winter
values seeded ask-again > winter
that "another word draws others" test "$(head -n 6 autumn | grep -cxFf winter)" = 0

run "$WINDSOCK" show --dir seeded ask-again
port=$(sed -n 1p winter | tr -d '"')
expect "show has the values of that run" 0 ":$port"
run "$WINDSOCK" check --dir seeded --seed ''
values seeded ask-again > empty
that "an empty seed is none" cmp -s plain empty
long=$(printf '%064d' 0)
run "$WINDSOCK" check --dir seeded --seed "$long"
expect "a seed of 64 characters is refused" 2 "at most 63"
run "$WINDSOCK" check --dir seeded --seed 'é "quoted" \ {port}'
expect "any other text is a seed" 0 "$most of $most points"

# ---- every solution, whatever the values ----

for folder in $(ls -d "$WINDSOCK_TESTS"/lessons/*/solution | some); do
	name=${folder%/solution}
	name=${name##*/}
	workspace "$name" "$name"
	solve "$name" "$name"
	for seed in spring 2024 "three words here"; do
		run "$WINDSOCK" check --dir "$name" --seed "$seed"
		expect "the solution of $name with --seed $seed" 0 "$name: " "!✗"
	done
done

# ---- values that were written down ----

sed 's/strlen(answer)/strlen("thanks")/; s/sendto(s, answer,/sendto(s, "thanks",/' \
	"$WINDSOCK_TESTS/lessons/$lesson/solution/server.c" > seeded/server.c
that "a server with its answer written down was made" grep -q 'sendto(s, "thanks"' seeded/server.c
run "$WINDSOCK" check --dir seeded
expect "passes without a seed" 0 "$most of $most points"
run "$WINDSOCK" check --dir seeded --seed autumn
expect "fails with one, and is told why" 1 "[hard-coded]" "0 of $most points"

sed 's/htons(port)/htons(7777)/' "$WINDSOCK_TESTS/lessons/$lesson/solution/server.c" > seeded/server.c
that "a server with its port written down was made" grep -q 'htons(7777)' seeded/server.c
run "$WINDSOCK" check --dir seeded
expect "passes without a seed" 0 "$most of $most points"
run "$WINDSOCK" check --dir seeded --seed autumn
expect "fails with one, and is told that it is the port" 1 "port 7777" "0 of $most points"

finish
