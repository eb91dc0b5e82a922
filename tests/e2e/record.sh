#!/bin/sh
# windsock record: what it writes matches what it recorded, and the next check of the same program passes with it.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

mkdir -p course/lessons
for lesson in 01-udp-server 06-tcp-server 13-push; do
	cp -r "$WINDSOCK_LESSONS/$lesson" course/lessons/
done
chmod -R u+w course
record() { # LESSON ARGUMENT...
	lesson=$1
	shift
	run "$WINDSOCK" record course/lessons/$lesson --proofs "$WINDSOCK_TESTS/lessons" --runs 2 "$@"
}
checked() { # WHAT LESSON CASE: the solution passes with the trace that was written
	solve "$2" "$2"
	WINDSOCK_LESSONS=$work/course/lessons run "$WINDSOCK" check "$2" --dir "$2" --case "$3" --seed autumn
	expect "$1" 0 "✓"
}

# ---- close to what was written by hand ----

record 01-udp-server --case ask-again --write
expect "a case by itself" 0 "matches 2 of 2 runs; says the same as traces/ask-again.trace did" \
	"course/lessons/01-udp-server/traces/ask-again.trace: written"
that "what was there is kept" cmp course/lessons/01-udp-server/traces/ask-again.trace~ \
	"$WINDSOCK_LESSONS/01-udp-server/traces/ask-again.trace"
workspace 01-udp-server 01-udp-server
checked "and the solution passes with what was written" 01-udp-server ask-again

record 13-push --case your-hub
expect "two interfaces, a router, pauses of who is played" 0 'tcp hub:$hub => cloud:{port}' \
	'<- "{event}\n" after 1' "at home.wan" 'tcp home:$home => cloud:{port}' "never tcp cloud:* => home:*" \
	"A fin that is not listed is free" "matches 2 of 2 runs"

# ---- from nothing ----

rm course/lessons/01-udp-server/traces/nc.trace
record 01-udp-server --case ask-again
expect "while another case has no trace yet" 0 "says the same as traces/ask-again.trace did"
if have nc.openbsd; then
	record 01-udp-server --case nc --write
	expect "a trace where there was none" 0 "nc.trace: written" "matches 2 of 2 runs; traces/nc.trace was not there"
	that "with the port as a variable" grep -qxF 'udp b:$b => a:{port}' course/lessons/01-udp-server/traces/nc.trace
	that "and values as parameters" grep -qxF '    -> "{question}"' course/lessons/01-udp-server/traces/nc.trace
	checked "and the solution passes with it" 01-udp-server nc
fi
echo 'never udp * => *' > course/lessons/06-tcp-server/traces/two-in-turn.trace
record 06-tcp-server --case two-in-turn
expect "a trace that does not say what who is played does" 1 "nothing was seen that makes a trace" "b is played, and traces/two-in-turn.trace does not say" \
	"# nothing was seen"

# ---- what differs from run to run ----

sed 's/strlen(answer), MSG_NOSIGNAL/(size_t)sprintf(bytes, "it is %d", (int)getpid()), MSG_NOSIGNAL/; s/send(conn, answer/send(conn, bytes/' \
	"$WINDSOCK_TESTS/lessons/06-tcp-server/solution/server.c" > other.c
sed -i 's/sprintf(bytes, "it is %d", (int)getpid())/say(bytes)/; s/^static void talk/static int say(char *bytes)\n{\n\tstruct timespec now;\n\n\tclock_gettime(CLOCK_REALTIME, \&now);\n\treturn sprintf(bytes, "it is %09ld", now.tv_nsec);\n}\n\n&/; s/#include <unistd.h>/&\n#include <time.h>/' other.c
record 06-tcp-server --case one-client --with server=other.c
expect "words that differ become a beginning" 0 '<- "it is ' '" ... # it differed: "it is ' "matches 2 of 2 runs" \
	"2 lines are not as in"
record 06-tcp-server --with client=other.c
expect "a program that the lesson does not have" 2 "no program of the student's that is called so"
record 06-tcp-server --case none
expect "a case that it does not have" 2 'has no case "none"'
run "$WINDSOCK" record course
expect "several lessons" 2 "course holds 3 lessons"
mkdir empty
record 06-tcp-server --dir empty
expect "a folder without the student's files" 2 "holds no file that the student of 06-tcp-server writes"
rm -r course/lessons/13-push course/lessons/06-tcp-server
run "$WINDSOCK" record course
expect "no solution" 2 "tests/lessons/01-udp-server/solution is not there" "--with PROGRAM=FILE"

finish
