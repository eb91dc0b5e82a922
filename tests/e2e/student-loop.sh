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

run "$WINDSOCK" start 99-teapots
expect "an unknown lesson: says which there are" 2 'no lesson "99-teapots"' 01-udp-server 14-poll
that "and makes no folder" test ! -e "$work/99-teapots"

run "$WINDSOCK" start 1 by-number
expect "a lesson is found by its number" 0 "$lesson: "
run "$WINDSOCK" start 01 by-digits
expect "also with the zero" 0 "$lesson: "
run "$WINDSOCK" start push by-name
expect "and by what follows the number" 0 "13-push: "
that "each in its own folder" test -s by-number/server.c -a -s by-digits/server.c -a -s by-name/hub.c

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
expect "show names an unknown case" 2 'no case "no-such-case"'

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

mkdir elsewhere
CDIR=$work/elsewhere run "$WINDSOCK" check
expect "check in a folder of no lesson asks which" 2 "which lesson" "windsock list"
CDIR=$work/elsewhere run "$WINDSOCK" show
expect "so does show" 2 "which lesson"
"$WINDSOCK" start $lesson unchecked > /dev/null
run "$WINDSOCK" show --dir unchecked
expect "show before any check says what to do" 2 "windsock check"

finish
