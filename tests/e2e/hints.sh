#!/bin/sh
# Hints: one at a time, the one about what the last check said first; the skeleton again without losing a word.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

# A course of its own: one lesson, whose hints the test knows.
cp -r "$WINDSOCK_LESSONS" "$work/lessons"
chmod -R u+w "$work/lessons"
WINDSOCK_LESSONS=$work/lessons
cat > "$work/lessons/06-tcp-server/hints.md" <<'END'
# Hints

## 1

First step.

## If it says [nothing-bound]

About the skeleton.

## 2

Second step.

## If it says [nothing-bound] or [said-twice]

More about the skeleton.

## If it says [floods]

Another mistake.

## 3

Third step.
END

# ---- before any check ----

workspace 06-tcp-server mine
CDIR=$work/mine
run "$WINDSOCK" hint --again
expect "none was given yet" 0 "no hint yet" "!step"
run "$WINDSOCK" hint
expect "before a check: the first step" 0 "hint 1 of 3" "First step." "!Second" "!skeleton" "Try it" "--again"

# ---- behind a check ----

run "$WINDSOCK" check --case one-client
expect "the skeleton is wrong" 1 "[nothing-bound]"
run "$WINDSOCK" hint
expect "then what the check said comes first" 0 "about [nothing-bound] in the case one-client" "About the skeleton." "!More"
run "$WINDSOCK" hint --again
expect "again: the same" 0 "About the skeleton."
run "$WINDSOCK" hint
expect "all of what it said" 0 "More about the skeleton."
run "$WINDSOCK" hint
expect "then the ladder goes on" 0 "hint 2 of 3" "Second step."
run "$WINDSOCK" hint
expect "to its end" 0 "hint 3 of 3"
run "$WINDSOCK" hint
expect "and no further" 0 "You have had all hints that fit." "windsock show"
run "$WINDSOCK" hint --all
expect "--all: those about other mistakes, too" 0 "First step." "About the skeleton." "about [floods]" "Third step."
that "which ones were given stands in the workspace" test "$(grep -c '^hint ' mine/.windsock/progress)" -eq 5
run "$WINDSOCK" hint 6 7
expect "one lesson at a time" 2 '"7" is too much' "usage: windsock hint"
run "$WINDSOCK" hint --more
expect "an option that is none" 2 "--more" "usage: windsock hint"

run "$WINDSOCK" start 06 "$work/other"
echo "int x" > "$work/other/server.c"
run "$WINDSOCK" check --dir "$work/other"
expect "a program that does not compile" 1 "does not compile"
run "$WINDSOCK" hint --dir "$work/other"
expect "then that is said first" 0 "could run nothing" "hint 1 of 3"

# ---- hints that cannot be read; notes that cannot be written ----

sed -i 's/^## 2$/## 4/' "$work/lessons/06-tcp-server/hints.md"
run "$WINDSOCK" hint
expect "a fault of the file is told with its line" 2 "06-tcp-server/hints.md:11:" 'the next one is "## 2"'
rm "$work/lessons/06-tcp-server/hints.md"
run "$WINDSOCK" hint
expect "no file" 2 "06-tcp-server/hints.md: cannot be read"

# ---- reset ----

run "$WINDSOCK" reset
expect "nothing was changed" 0 "server.c is as it came." "opens.trace is as it came."
that "so nothing was kept" sh -c '! ls mine/*.kept-* 2> /dev/null'
echo "/* first */" >> mine/server.c
chmod 400 mine/server.c
run "$WINDSOCK" reset server.c
expect "the skeleton again, and where the work is" 0 "server.c.kept-1" "!opens.trace"
that "the skeleton is the lesson's" cmp -s mine/server.c "$work/lessons/06-tcp-server/server.c"
that "the work is whole" grep -q "/\* first \*/" mine/server.c.kept-1
echo "/* second */" >> mine/server.c
echo "# mine" >> mine/opens.trace
CDIR=$work run "$WINDSOCK" reset mine
expect "a folder is no lesson" 2 'there is no lesson "mine"'
run "$WINDSOCK" reset 06
expect "all files; an older copy stays" 0 "server.c.kept-2" "opens.trace.kept-1"
that "the first copy is what it was" grep -q "/\* first \*/" mine/server.c.kept-1
that "the second one, too" grep -q "/\* second \*/" mine/server.c.kept-2
rm mine/server.c
run "$WINDSOCK" reset server.c
expect "a file that is lost comes back" 0 "server.c is the skeleton; it was not there."
echo "outside" > "$work/outside"
rm mine/server.c
ln -s "$work/outside" mine/server.c
run "$WINDSOCK" reset server.c
expect "a symbolic link is left alone" 2 "server.c is a symbolic link"
that "and what it points to" grep -q outside "$work/outside"
rm mine/server.c
mkdir mine/server.c
run "$WINDSOCK" reset server.c
expect "and a folder of that name" 2 "server.c is not a file"
run "$WINDSOCK" reset client.c
expect "a file that the lesson does not have" 2 'no file "client.c"' "server.c, opens.trace"
run "$WINDSOCK" reset ../mine/server.c
expect "nor a path" 2 'no file "../mine/server.c"'
CDIR=$work/lessons/06-tcp-server run "$WINDSOCK" reset
expect "the lesson's own folder holds the skeletons themselves" 2 "the lesson's own files are the skeletons"
rmdir mine/server.c
echo "/* third */" > mine/server.c
if [ "$(id -u)" -ne 0 ]; then
	chmod 555 mine
	run "$WINDSOCK" reset server.c
	expect "a folder that cannot be written to" 2 "server.c cannot be kept" "left alone"
	chmod 755 mine
	that "then nothing was touched" grep -q third mine/server.c
else
	not_here "a folder that cannot be written to" "root may write everywhere"
fi

finish
