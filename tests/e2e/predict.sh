#!/bin/sh
# A picture of a run, told apart from the program: before there is one, beside a wrong one, beside a right one.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

workspace 06-tcp-server mine
CDIR=$work/mine
picture=$work/mine/opens.trace

right() {
	printf 'tcp b:* => a:{port}\n    -> "{question}"\n    <- "{answer}"\n    -> fin\n    <- fin\n' > "$picture"
}

# ---- before there is a program ----

run "$WINDSOCK" predict
expect "as it came: what to do, and the words for it" 0 "at a.eth0" "opens.trace" "For example" "a => b" "fin" \
	"The hosts: a, b, c" '{question} "from B"' "!not right"
rm "$picture"
run "$WINDSOCK" predict
expect "a file that is lost comes back" 0 "opens.trace was not there"
that "as the lesson ships it" cmp -s "$picture" "$WINDSOCK_LESSONS/06-tcp-server/opens.trace"
sed -i 's/-> fin/-> fin # mine/' "$picture"
run "$WINDSOCK" predict
expect "wrong: his line, an arrow, a sentence; no program is needed" 1 "Your picture is not right yet" \
	"3 | tcp a:{port} => b:*" "^^" "By this line a opens." "no program has run yet" "!b:*  =>"
that "the arrow stands below the =>" awk '/\| tcp a/{at = index($0, "=>")} /\^\^/{exit index($0, "^^") != at}' out
that "what the lesson expects is not printed" sh -c '! grep -q "tcp b" out'
right
run "$WINDSOCK" predict
expect "right, and no program yet" 0 "Your picture is right." "windsock check"
that "which is noted" grep -qx "picture one-client right" mine/.windsock/progress

# ---- a picture that cannot be read ----

echo "tpc b:* => a:{port}" > "$picture"
run "$WINDSOCK" predict
expect "what cannot be read is told with its line" 1 "cannot be read yet: opens.trace:1:1:" 'did you mean "tcp"'
echo "tcp nobody:* => a:{port}" > "$picture"
run "$WINDSOCK" predict
expect "so is a host that there is not" 1 "opens.trace:1:1:" 'no host "nobody"'
printf 'at c.eth0\n    tcp b:* => a:{port}\n' > "$picture"
run "$WINDSOCK" predict
expect "and a place where nobody looks" 1 "opens.trace" "c.eth0"

# ---- beside a program ----

right
run "$WINDSOCK" check --case one-client
expect "the skeleton is wrong" 1 "[nothing-bound]"
run "$WINDSOCK" predict
expect "the picture is right, the program is not" 0 "Your picture is right." "does something else yet"
echo "tcp b:* => a:{port} refused" > "$picture"
run "$WINDSOCK" predict
expect "what the program does, and not what the lesson is about" 1 "is what your program did, and not" "this call is refused"
solve 06-tcp-server mine
run "$WINDSOCK" check --case one-client
expect "a right program" 0 "Your program is right, your picture of it is not" "windsock predict"
run "$WINDSOCK" predict
expect "the program is right, the picture is not" 1 "Your program is right, your picture of it is not" \
	"this call is refused" "windsock show one-client"
printf 'tcp b:* => a:{port}\n    -> "other"\n    <- any\n' > "$picture"
run "$WINDSOCK" predict
expect "of his own run he is told what was seen" 1 'There b said "from B".'
right
run "$WINDSOCK" predict
expect "both are right" 0 "Your picture is right, and your program does it."

# ---- lessons that ask for none ----

CDIR=$work run "$WINDSOCK" predict 08
expect "a lesson without a prediction: which have one" 2 "08-stream asks for no prediction" "05-who-starts" "06-tcp-server"
run "$WINDSOCK" predict --case two-in-turn
expect "a case that asks for none gets an empty picture" 0 "two-in-turn.trace is empty as yet" "For example" "=>"
printf 'tcp b:* => a:{port}\n    -> any\n    <- any\ntcp b:* => a:{port}\n    -> any\n    <- any\n' > mine/two-in-turn.trace
run "$WINDSOCK" predict --case two-in-turn
expect "which is judged as well" 1 "4 | tcp b:* => a:{port}" "By this line b is who opens"
sed -i '4s/b:/c:/' mine/two-in-turn.trace
run "$WINDSOCK" predict --case two-in-turn
expect "until it is right" 0 "Your picture is right."
run "$WINDSOCK" check --case two-in-turn
expect "a right program for it" 0 "5 of 5 points"
run "$WINDSOCK" predict --case two-in-turn
expect "and beside its run" 0 "Your picture is right, and your program does it."
run "$WINDSOCK" predict --case three
expect "a case that there is not" 2 'no case "three" that can be predicted'
run "$WINDSOCK" predict --flows
expect "an option that is none" 2 "--flows" "usage: windsock predict"

finish
