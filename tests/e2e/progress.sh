#!/bin/sh
# How far a student is: noted by each check, shown by list, his to mend, lost by nobody.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

mkdir course
CDIR=$work/course
run "$WINDSOCK" list
expect "before anything: the lessons, and how to begin" 0 "01-udp-server" "windsock start LESSON" "!next" "!lessons done"

# ---- a check is noted ----

run "$WINDSOCK" start 06 first
run "$WINDSOCK" list
expect "a folder of any name is found" 0 "Go on in 06-tcp-server: cd first" "0 of 27"
notes=$work/course/first/.windsock/progress
has_note() { # LINE
	grep -qxF -e "$1" "$notes"
}

run "$WINDSOCK" check --dir first --case one-client
that "the check counts" has_note "checks 1"
that "a case with its points and its diagnosis" has_note "case one-client 0 of 5 [nothing-bound]"
that "one case alone is not all points" sh -c "! grep -q '^points' $notes"
that "it says whose notes these are" has_note "lesson 06-tcp-server"
solve 06-tcp-server course/first
run "$WINDSOCK" check --dir first
expect "all cases are right" 0
that "now it has points" sh -c "grep -q '^points \([0-9]*\) of \1\$' $notes"
that "and the day on which all was right" sh -c "grep -q '^passed 20' $notes"
that "a case that is right has no diagnosis" has_note "case one-client 5 of 5"
run "$WINDSOCK" list
expect "list says so, and what is next" 0 "done" "1 of 27 lessons done." "Next: windsock start 01-udp-server"
CDIR=$work/course/first run "$WINDSOCK" list
expect "also from within a workspace" 0 "1 of 27 lessons done."

# ---- who mends it; what is damaged ----

sed -i -e 's/^checks 2$/checks many/' -e 's/^passed .*/passed by heart/' "$notes"
echo "# mine" >> "$notes"
run "$WINDSOCK" list
expect "a damaged line is told with its number, and hides nothing" 0 "1 of 27" "first/.windsock/progress:4:" \
	'"checks many" is not understood' "Write checks NUMBER"
rm course/first/server.c
run "$WINDSOCK" check --dir first
expect "a program that is not there" "1 2" "server.c"
cp "$WINDSOCK_LESSONS/06-tcp-server/server.c" course/first/server.c
run "$WINDSOCK" check --dir first --case one-client
expect "a check tells it, too, and goes on" 1 "first/.windsock/progress:" "[nothing-bound]"
that "nothing of it is lost" has_note "checks many"
that "what was mended by hand stays" has_note "passed by heart"
that "and so does a comment" has_note "# mine"
that "new notes stand beside it" has_note "case one-client 0 of 5 [nothing-bound]"

printf 'a\0b\n' > "$notes"
run "$WINDSOCK" check --dir first --case one-client
expect "what is no text is told, and costs no verdict" 1 "is not a text" "progress is not noted" "[nothing-bound]"
that "and it is not written over" test "$(wc -c < "$notes")" -eq 4
rm "$notes"
ln -s /etc/passwd "$notes"
run "$WINDSOCK" hint --dir first
expect "a link is not followed" 2 "symbolic link" "!root"
rm "$notes"

# ---- programs that are not his; several at once ----

run "$WINDSOCK" check --dir first --case one-client --with b=/bin/true
that "--with notes nothing" test ! -e "$notes"
for i in 1 2 3 4 5 6; do
	(cd "$work/course" && exec "$WINDSOCK" hint --dir first > "hint.$i" 2>&1) &
	eval "pid$i=\$!"
done
for i in 1 2 3 4 5 6; do
	eval "wait \$pid$i" || diag < "$work/course/hint.$i"
done
that "several at the same time: one file, and whole" has_note "hint 1"

waits() { # PID: whether it waits for a lock
	grep -q -e "-> FLOCK.* $1 " /proc/locks
}

# Who writes waits for who writes already, and reads again what that one has left.
rm "$notes"
exec 8< course/first/.windsock
if flock 8; then
	(cd "$work/course/first" && exec "$WINDSOCK" hint > ../hint.late 2>&1 8<&-) &
	late=$!
	if await waits $late; then
		echo "# meanwhile" >> "$notes"
	fi
	exec 8<&-
	wait $late || diag < course/hint.late
	that "a writer waits for the other one" has_note "# meanwhile"
	that "and adds to what that one has written" has_note "hint 1"
fi

run "$WINDSOCK" hint --dir first
expect "and all of it can be read" 0 "!not understood"

finish
