#!/bin/sh
# strip.sh FOLDER - takes out of a copy of the tree what is not for students: all tests, with the solutions and wrong programs
# in them, those of the lessons that windsock new begins, and what packages are made with. What stands in place of the tests
# comes from packaging/student/.
set -eu
student=$(cd "$(dirname "$0")" && pwd)/student
cd "$1"

mv tests all-tests
mkdir -p tests/e2e
cp all-tests/environment.sh tests/
cp all-tests/e2e/tap.sh tests/e2e/
cp "$student/local.mk" "$student/lessons.sh" tests/
rm -rf all-tests packaging debian harness/new/*/solution harness/new/*/right harness/new/*/wrong

# replace FILE COMMAND...: by what the command makes of it
replace() {
	file=$1
	shift
	"$@" <"$file" >"$file.new"
	mv "$file.new" "$file"
}

replace Makefile.am grep -v '^include packaging/'
# In a list that goes on over lines by \, the one before the last that is left ends it.
# shellcheck disable=SC2016 # awk's own $
replace harness/local.mk awk '
	/%D%\/new\/.*\/(solution|right|wrong)\// { if ($0 !~ /\\$/) sub(/ *\\$/, "", kept); next }
	NR > 1 && begun { print kept }
	{ kept = $0; begun = 1 }
	END { print kept }'
