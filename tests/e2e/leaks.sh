#!/bin/sh
# What make student-dist hands out has no solution and no wrong program in it (packaging/leaks.py): asked of the folders that
# it is made of. The tarball itself is looked through by make check-student-dist, which takes minutes.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
have python3 || skip_all "python3 is not here"
source=$(cd "$WINDSOCK_TESTS/.." && pwd)
lesson=tests/lessons/06-tcp-server

mkdir students students/tests students/tests/e2e
cp -R "$source/Makefile.am" "$source/README.md" "$source/docs" "$source/lessons" "$source/src" "$source/harness" students/
cp "$source/tests/environment.sh" students/tests/
cp "$source/tests/e2e/tap.sh" students/tests/e2e/
chmod -R u+w students
rm -f students/*/*.o
run "$source/packaging/strip.sh" students
expect "what is not for students is taken out" 0
that "also of what windsock new begins" test -d students/harness/new/udp -a ! -e students/harness/new/udp/solution
that "and of the list of its files" test -z "$(grep -n 'new/.*/solution/' students/harness/local.mk)"

leaks() {
	run python3 "$source/packaging/leaks.py" students "$source"
}

leaks
expect "no solution, no wrong program is in it" 0 "none of"

cp "$source/$lesson/solution/server.c" students/docs/example.c
sed 's/^ */\t\t/' "$source/$lesson/wrong/answers-twice.c" > students/docs/other.c
cp "$source/$lesson/solution/server.c" students/lessons/06-tcp-server/server.c
leaks
expect "a solution by another name is found; a wrong program with other spaces; one that stands where a skeleton should" 1 \
	"docs/example.c: is" "docs/other.c" "lines of" "$lesson/wrong/answers-twice.c" "06-tcp-server/server.c: is"
finish
