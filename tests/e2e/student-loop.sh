#!/bin/sh
# What a student does all day: list, start, make check, mend, again.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

lesson=01-udp-server
mine=$work/$lesson

run "$WINDSOCK" list
expect "list names every lesson and how to begin" 0 01-udp-server 02-udp-client-port 06-tcp-server \
	07-tcp-client-port 13-push 14-poll "windsock start" "! of 10"

# ---- start ----

run "$WINDSOCK" start $lesson
expect "start tells where to go and what to type" 0 "cd $lesson" "make check" "TODO(1)"
for file in server.c README.md hints.md Makefile .windsock/lesson; do
	that "the workspace holds $file" test -s "$mine/$file"
done
that "the skeleton is the lesson's" cmp -s "$mine/server.c" "$WINDSOCK_LESSONS/$lesson/server.c"
that "it can be written to" test -w "$mine/server.c"
that "no trace and no lesson file came along" test ! -e "$mine/lesson" -a ! -e "$mine/traces"

echo "/* my work */" > "$mine/server.c"
run "$WINDSOCK" start $lesson
expect "start again refuses, and names the file" 2 "server.c is there already"
that "what was there is untouched" grep -q "my work" "$mine/server.c"
rm -r "$mine"

run "$WINDSOCK" start $lesson half
rm -r half/.windsock half/hints.md
touch half/server.c.4711.0.new
run "$WINDSOCK" start $lesson half
expect "a start that was ended half-way is begun again" 0 "cd half"
that "and comes to its end" test -s half/hints.md -a -s half/.windsock/lesson
run "$WINDSOCK" start $lesson half
expect "once there, it is refused as ever" 2 "server.c is there already"

run "$WINDSOCK" start 99-teapots
expect "an unknown lesson: says which there are" 2 'no lesson "99-teapots"' 01-udp-server 14-poll
that "and makes no folder" test ! -e "$work/99-teapots"

run "$WINDSOCK" start 02-upd-client-port
expect "one that is nearly right: says which was meant" 2 'did you mean "02-udp-client-port"?' "!13-push"
run "$WINDSOCK" check udp
expect "a part of two names: says whose" 2 "01-udp-server, 02-udp-client-port" "!13-push"

run "$WINDSOCK" start 1 by-number
expect "a lesson is found by its number" 0 "$lesson: "
run "$WINDSOCK" start 01 by-digits
expect "also with the zero" 0 "$lesson: "
run "$WINDSOCK" start push by-name
expect "and by what follows the number" 0 "13-push: "
that "each in its own folder" test -s by-number/server.c -a -s by-digits/server.c -a -s by-name/hub.c

mkdir partly
echo "my notes" > partly/hints.md
run "$WINDSOCK" start $lesson partly
expect "a folder that has one of its files: refused" 2 "partly/hints.md is there already"
that "and nothing is put beside that" test "$(ls -A partly)" = hints.md
run "$WINDSOCK" start $lesson ''
expect "a folder without a name" 2 "name is empty" "usage: windsock start"
run "$WINDSOCK" start $lesson "it's here"
expect "the line that goes there can be given to a shell" 0 "cd 'it'\\''s here'"
CDIR="$work/it's here" run make check
expect "and make check works in it" 2 "meant to fail"
mkdir beside
CDIR=$work/beside run "$WINDSOCK" start 1
CDIR=$work/beside/$lesson run "$WINDSOCK" start 2
expect "from a lesson's folder the next one is made beside it" 0 "cd ../02-udp-client-port"
that "there" test -s beside/02-udp-client-port/client.c
solve 02-udp-client-port beside/02-udp-client-port
CDIR=$work/beside/$lesson run "$WINDSOCK" check 2
expect "and found there" 0 "02-udp-client-port: 10 of 10 points"
CDIR=$work/beside/02-udp-client-port run "$WINDSOCK" list
expect "also by list" 0 "The client's own port 10 of 10 done" "Someone must bind" "next"

# A windsock and a course in folders whose names mean something to make and to the shell.
odd="a b#c\$d'e"
mkdir "$odd"
cp "$WINDSOCK" "$odd/windsock"
cp -r "$WINDSOCK_LESSONS" "$odd/my lessons#\$x"
(WINDSOCK_LESSONS="$work/$odd/my lessons#\$x" && "$odd/windsock" start $lesson odd > /dev/null)
(unset WINDSOCK WINDSOCK_LESSONS && cd odd && make check) > out 2>&1 < /dev/null
status=$?
expect "make check finds both" 2 "meant to fail" "[nothing-bound]"
rm -rf "$odd" odd

# ---- make check ----

run "$WINDSOCK" start $lesson
CDIR=$mine run make check
expect "make check fails on the unedited skeleton and says why that is so" 2 "[nothing-bound]" "0 of $most points" \
	"meant to fail" "TODO(1)"
# make says 2 for any recipe that fails, and names the recipe's own status.
that "make was told 1: the student's to mend" grep -q "Error 1" err

echo "/* one more line */" >> "$mine/server.c"
CDIR=$mine run make check
expect "once edited it is no longer called unfinished" 2 "[nothing-bound]" "!meant to fail"

fixture $lesson wrong/first-client.c $lesson server.c
run "$WINDSOCK" check $lesson
expect "a wrong program: exit 1, picture, sentence, trace line" 1 "[reply-to-first-client]" "$((most - 6)) of $most points" \
	"hello from C" "traces/two-clients.trace:8"
cp out check.out

CDIR=$mine run make show
expect "show succeeds" 0 "[reply-to-first-client]"
CDIR=$mine run "$WINDSOCK" show two-clients
expect "show CASE shows that one" 0 "two-clients" "!ask-again"
# From the evidence alone: without lab, tcpdump, compiler or program.
rm -r "$mine/.windsock/build"
CDIR=$mine WINDSOCK_TCPDUMP=/nonexistent CC=/nonexistent run "$WINDSOCK" show
# The first case that was wrong is shown as check showed it, and its flows below.
sed -n '/two-clients,/,/ask-again,/p' check.out | sed '$d' > wanted
sed -n '/two-clients,/,/ask-again,/p' out | sed '$d' | head -n "$(wc -l < wanted)" > got
that "show repeats from the evidence what check said" cmp wanted got
CDIR=$mine run "$WINDSOCK" show no-such-case
expect "show names an unknown case, and those that there are" 2 'no case "no-such-case"' "It has: one-question, two-clients"

solve $lesson $lesson
CDIR=$mine run make check
expect "the solution: exit 0 and all points" 0 "$most of $most points" "!expected"
CDIR=$mine run "$WINDSOCK" check
expect "check finds its lesson from the workspace" 0 "$most of $most points"
run "$WINDSOCK" list
expect "list shows how far one is" 0 "Someone must bind $most of $most"
CDIR=$mine run "$WINDSOCK" list
expect "also from inside the workspace" 0 "Someone must bind $most of $most"
CDIR=/ run "$WINDSOCK" check --dir "$mine"
expect "check works from another folder, by --dir" 0 "$most of $most points"
"$WINDSOCK" start $lesson fresh > /dev/null
run "$WINDSOCK" check --dir fresh --case ask
expect "a case that is none: nothing is said of the program" 2 'no case "ask"' "!meant to fail"
run "$WINDSOCK" check $lesson --case ask-again
expect "one case alone" 0 "ask-again, 2 of 2" "!two-clients"
run "$WINDSOCK" list
expect "which does not change the points" 0 "Someone must bind $most of $most"

# ---- compiling only what has changed ----

built=$mine/.windsock/build/server
before=$(stat -c %i:%y:%z "$built")
run "$WINDSOCK" check $lesson
that "an unchanged source is not compiled again" test "$(stat -c %i:%y:%z "$built")" = "$before"
CC=/nonexistent run "$WINDSOCK" show --dir "$mine"
expect "nor for show" 0
echo "/* changed */" >> "$mine/server.c"
run "$WINDSOCK" check $lesson
that "a changed one is" test "$(stat -c %i:%y:%z "$built")" != "$before"

# A source with warnings compiles: they are told every time, since the program was not changed.
sed 's/^int main(.*/static int unused_here;\n&/' "$mine/server.c" > new.c && mv new.c "$mine/server.c"
run "$WINDSOCK" check $lesson
expect "warnings are shown and cost nothing" 0 "unused_here" "$most of $most points"
run "$WINDSOCK" check $lesson
expect "and shown again" 0 "unused_here" "$most of $most points"

# ---- two at the same time ----

if have flock; then
	mkfifo let-go
	flock "$mine/.windsock/build" cat let-go &
	await sh -c "! flock -n '$mine/.windsock/build' true"
	"$WINDSOCK" check $lesson > second.out 2> second.err &
	second=$!
	that "a check beside another one waits, and says so" await grep -q "another check is at work" second.err
	that "and does nothing meanwhile" test ! -s second.out
	: > let-go
	wait $second
	status=$?
	cp second.out out
	cp second.err err
	expect "then it checks" "0 2" "of $most points"
else
	skip "two checks at the same time" "there is no flock"
fi

# ---- in the lessons' own folder ----

mkdir tree
cp -r "$WINDSOCK_LESSONS" tree/lessons
chmod -R u+w tree/lessons
lessons=$WINDSOCK_LESSONS
export WINDSOCK_LESSONS="$work/tree/lessons"
run make -C "tree/lessons/$lesson" check WINDSOCK="$WINDSOCK"
expect "make -C lessons/NAME check grades in the tree" 2 "meant to fail" "0 of $most points"
cp "$WINDSOCK_TESTS/lessons/$lesson/solution/server.c" "tree/lessons/$lesson/server.c"
run make -C "tree/lessons/$lesson" check WINDSOCK="$WINDSOCK"
expect "and the solution there is right" 0 "$most of $most points"
WINDSOCK_LESSONS=$lessons

# ---- not knowing where one is ----

"$WINDSOCK" start $lesson gone > /dev/null
rm gone/server.c
run "$WINDSOCK" check --dir gone
expect "a program that is not there: how to get its skeleton back" 2 "gone/server.c is not there" "windsock reset server.c"
mkdir gone/server.c
run "$WINDSOCK" check --dir gone
expect "a folder in its place" 2 "gone/server.c is a folder" "move it away"
rmdir gone/server.c
ln -s nowhere gone/server.c
run "$WINDSOCK" check --dir gone
expect "a link to nothing" 2 "gone/server.c is a link that leads to no file"

mkdir elsewhere
CDIR=$work/elsewhere run "$WINDSOCK" check
expect "check in a folder of no lesson asks which" 2 "which lesson" "windsock list"
CDIR=$work/elsewhere run "$WINDSOCK" show
expect "so does show" 2 "which lesson"
run "$WINDSOCK" check --dir "gone/Makefile"
expect "a file where a folder is due" 2 '--dir "gone/Makefile": there is no such folder'
run "$WINDSOCK" check --dir ""
expect "a folder without a name, too" 2 '--dir "": there is no such folder'
if [ "$(id -u)" -ne 0 ]; then
	"$WINDSOCK" start $lesson shut > /dev/null
	rm -r shut/.windsock
	chmod 555 shut
	run "$WINDSOCK" check $lesson --dir shut
	expect "a folder that nobody may write to" 2 "shut: may not be written to" "--state DIR"
	run "$WINDSOCK" check $lesson --dir shut --state shut-state
	expect "which is of no matter with --state" 1 "0 of $most points"
else
	not_here "a folder that nobody may write to" "root may"
fi
"$WINDSOCK" start $lesson unchecked > /dev/null
run "$WINDSOCK" show --dir unchecked
expect "show before any check says what to do" 2 "windsock check"

finish
