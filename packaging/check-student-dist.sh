#!/bin/sh
# check-student-dist.sh MAKE SOURCE NAME - make check-student-dist: the students' tarball twice, the same bytes; no solution in
# it; it builds with nothing but itself, and its make check says of each lesson whether it can be had here. Some minutes.
set -eu
make=$1
source=$(cd "$2" && pwd)
name=$3
work=$(mktemp -d /tmp/windsock-students.XXXXXX)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
chmod 755 "$work"

fail() {
	echo "FAIL: $*" >&2
	exit 1
}

$make -s student-dist
cp "$name.tar.xz" "$work/first.tar.xz"
touch "$source/README.md"
umask 077
$make -s student-dist
umask 022
cmp "$name.tar.xz" "$work/first.tar.xz" || fail "two runs made different tarballs"
echo "ok: twice the same $(wc -c <"$name.tar.xz") bytes"
[ -z "$(tar -tvf "$name.tar.xz" | grep -v ' 0/0 ')" ] || fail "a file is not root's"

cd "$work"
tar -xf first.tar.xz
python3 "$source/packaging/leaks.py" "$name" "$source" || fail "something in it is not for students"
mkdir build
cd build
"../$name/configure" -q >out
make -s -j2 >>out 2>&1 || {
	tail -n 30 out
	fail "make"
}
make check TESTS=tests/lessons.sh >out 2>&1 || {
	cat tests/lessons.log
	fail "make check"
}
grep -E '^(ok|not ok)' tests/lessons.log
grep -E '^# (TOTAL|PASS|SKIP)' out
