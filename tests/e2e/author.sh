#!/bin/sh
# What authors of lessons have: a lesson that is made works at once, and lint finds what a lesson lacks.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

# ---- new, and lint of what it made ----

for kind in udp tcp; do
	run "$WINDSOCK" new 28-greet "$kind" --$kind
	expect "new --$kind says where it is" 0 "$kind/lessons/28-greet/" "$kind/tests/lessons/28-greet/" \
		"windsock lint $kind/lessons/28-greet"
	run "$WINDSOCK" lint $kind --rounds 2
	expect "a lesson that new --$kind made is as it should be" 0 "1 lesson, all as it should be" "passes 2 of 2" "!✗"
done
run "$WINDSOCK" new 28-greet udp
expect "nothing is written over" 2 "udp/lessons/28-greet is there already"
run "$WINDSOCK" new udp/28-greet
expect "a path is no name" 2 "letters, digits, - and _"
run "$WINDSOCK" new 29-x other --title 'Say "hello"'
expect "a title that the lesson file cannot hold is refused" 2 "--title"
run "$WINDSOCK" new 29-my-own_lesson other --title 'Who speaks?'
that "the title stands in the lesson and in its README" sh -c 'grep -qx "title \"Who speaks?\"" other/lessons/*/lesson &&
	grep -qx "# Who speaks?" other/lessons/*/README.md && ! grep -rq "@[A-Z]" other'
run "$WINDSOCK" new 30-my-own_lesson other
that "without one it is made of the name" grep -qx 'title "My own lesson"' other/lessons/30-my-own_lesson/lesson

# ---- a student's part in a course of one's own ----

WINDSOCK_LESSONS=$work/udp/lessons run "$WINDSOCK" start 28-greet student
expect "a student starts it" 0 "Open server.c at TODO(1)"
(unset WINDSOCK_LESSONS && cd student && make check) > out 2>&1 < /dev/null
status=$?
expect "and make check finds the course again" 2 "[nothing-bound]" "meant to fail"

# ---- what reading finds ----

proof=udp/tests/lessons/28-greet
udp=udp/lessons/28-greet
cp -r udp clean
again() { # WHAT SED-SCRIPT FILE TEXT...: FILE changed by the script, lint complains with each TEXT; then all is as before
	what=$1
	sed -i "$2" "udp/$3"
	shift 3
	run "$WINDSOCK" lint udp --text
	expect "$what" 1 "$@"
	rm -rf udp
	cp -r clean udp
}
lesson=lessons/28-greet/lesson
again "another name than the folder's" 's/^lesson .*/lesson 28-great/' $lesson "udp/$lesson:5: the lesson is called 28-great"
again "an id that is none" 's/^skeleton fails .*/skeleton fails nothing/' $lesson 'there is no diagnosis "nothing"'
again "a begin that names no file" 's/^begin .*/begin "Go to TODO(1)."/' $lesson "TODO(1) stands in server.c"
again "a lesson that cannot be read" 's/^host a$/host a b/' $lesson "28-greet ✗" "udp/lessons/28-greet/lesson:15:8: expected"
again "a value that nothing uses" 's/^param port/param lost 1 fixed\nparam port/' $lesson "nothing uses {lost}"
again "a port that is written out" 's/{port}/7777/' lessons/28-greet/traces/one-name.trace \
	"one-name.trace:3: 7777 is what {port} is without a seed"
again "a text that is written out" 's/{greeting}/good morning/' lessons/28-greet/traces/one-name.trace \
	'one-name.trace:5: "good morning" is what {greeting}'
again "an argument that is written out" 's/server {a} {port}/server {a} 7777/' $lesson '"7777" is what {port}'
again "CRLF: told once a file" 's/$/\r/' lessons/28-greet/hints.md "hints.md:1: ends in a carriage return (CRLF)" "!hints.md:2:"
again "a trace with a value that is none" 's/{name}/{nmae}/' lessons/28-greet/traces/one-name.trace \
	"one-name.trace:4:5: {nmae}: the lesson has {port}, {greeting}, {name}"
again "a trace with a port that is none" 's/{port}/{prot}/' lessons/28-greet/traces/one-name.trace \
	"one-name.trace:3:1: the lesson has no port {prot}; its ports are {port}"
again "a case whose trace is not there" 's/one-name.trace/one-nmae.trace/' $lesson \
	"$lesson:33: the case one-name names traces/one-nmae.trace, which is not there"
again "a README without drawing and call" 's/[-=]*>//; s/<-*//; s/+-*//g; s/ADDRESS PORT GREETING//' lessons/28-greet/README.md \
	"has no drawing" "does not say how server is called"
again "a README that forgets a host" 's/\bc\b/d/g' lessons/28-greet/README.md "does not name the host c"
again "a line that is too wide" '1s/$/ and a title that goes on and on, until nobody sees its end in a narrow window/' \
	lessons/28-greet/README.md "README.md:1:" "columns: at most 80"
again "hints about an id that is none" 's/^## 3/## If it says [no-such-id]/' lessons/28-greet/hints.md \
	'hints.md:16: there is no diagnosis "no-such-id"'
again "hints without a step" 's/^##.*//' lessons/28-greet/hints.md "hints.md: has no hints"
again "a TODO without a number" 's/TODO(2)/TODO/' lessons/28-greet/server.c "server.c:37: a TODO without its number"
again "a number that is left out" 's/TODO(2)/TODO(3)/' lessons/28-greet/server.c "a TODO(3) and no TODO(2)"
again "a README with a TODO too many" 's/TODO 1 and 2/TODO 5/' lessons/28-greet/README.md "names TODO 5"
again "a hint that gives the solution away" \
	'$a ssize_t n = recvfrom(s, name, sizeof(name), 0, (struct sockaddr *)\&from, \&from_size);' \
	lessons/28-greet/hints.md "hints.md:21: is a line of the solution"
again "a wrong program without its id" '1s/ -> .*//' tests/lessons/28-greet/wrong/no-name.c \
	"wrong/no-name.c:1: the first line does not say"
again "a right program for a file that is none" '1s/server.c/client.c/' tests/lessons/28-greet/right/in-pieces.c \
	"in-pieces.c:1: client.c is no file that the student writes"
sed -i '/watch/s/$/\n    predict guess.trace/; s/^case two/\n&/' $udp/lesson
run "$WINDSOCK" lint udp --text
expect "a prediction that is not there" 1 "guess.trace is not there: write its skeleton" "does not name guess.trace"
printf 'udp b:*\n' > $udp/guess.trace
run "$WINDSOCK" lint udp --text
expect "a prediction that is no trace" 1 "guess.trace:1: expected"
rm $udp/guess.trace
cp clean/$lesson udp/$lesson
rm $proof/right/*
run "$WINDSOCK" lint udp --text
expect "no right program" 1 "$proof/right: has no program"
rm -r $proof
run "$WINDSOCK" lint udp --text
expect "no proof" 1 "$proof: has no program"
mkdir -p $proof/right
cp clean/tests/lessons/28-greet/right/* $proof/right
rm $udp/README.md
touch $udp/traces/spare.trace
run "$WINDSOCK" lint udp --text
expect "what is not there" 1 "README.md: is not there" "$proof/solution: is not there" "$proof/wrong: has no program" \
	"spare.trace: the lesson file does not name it"
rm -rf udp
cp -r clean udp

# ---- what only a run finds ----

printf 'udp *:* => *:* repeat 0..\n    repeat 0..\n        -> any\n    repeat 0..\n        <- any\n    maybe\n        <- unreachable\n' \
	> $udp/traces/two-names.trace
sed -i '$d' $proof/right/in-pieces.c
sed -i '1s/message-cut/message-too-long/' $proof/wrong/no-name.c
sed -i 's/    int length;/    int length, unused;/' $proof/wrong/with-nul.c
run "$WINDSOCK" lint udp --rounds 1
expect "a trace that is too loose, a program that does not compile, another id, a warning" 1 \
	"$udp/lesson:42: two-names passes with a program that does nothing" "right/in-pieces.c:1: it could not be built" \
	"wrong/no-name.c:1: it failed with [message-cut]" "✗ wrong: with-nul" "unused" "6 of 10 not as they should be"
sed -i 's/answer, (size_t)length/"good morning Ada", 16/' $proof/solution/server.c
run "$WINDSOCK" lint udp --rounds 2 --sample 9
expect "a solution that has a value written out passes the first round only" 1 "the solution passes 1 of 2" "[hard-coded]" 'and --seed "lint 1"'
run "$WINDSOCK" lint udp --only wrong/with-nul.c --tap
expect "one program alone, in TAP" 1 "not ok 2 - wrong: with-nul fails with message-too-long" "# 0 of 1 diagnosed" "1..2"
run "$WINDSOCK" lint udp --only wrong/no-nul.c
expect "one that is not there" 2 "wrong/no-nul.c is not there"
run "$WINDSOCK" lint ./nowhere
expect "a folder that is not there" 2 "./nowhere: is not there"
run "$WINDSOCK" lint nowhere
expect "a lesson that is not there" 2 'no lesson "nowhere"'
run "$WINDSOCK" lint "$work/other/tests"
expect "a folder without lessons" 2 "holds no lesson"

finish
