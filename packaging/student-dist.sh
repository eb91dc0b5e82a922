#!/bin/sh
# student-dist.sh DISTDIR NAME - makes NAME.tar.xz of what make distdir left in DISTDIR, which it uses up: the course without
# solutions, wrong programs and the tests that are made of them. The same sources give the same bytes: names are sorted, all
# files are root's, and all times are SOURCE_DATE_EPOCH, or else that of the last commit, or of configure.ac.
set -eu
distdir=$1
name=$2
here=$(cd "$(dirname "$0")" && pwd)
source=$(dirname "$here")
time=${SOURCE_DATE_EPOCH:-$(git -C "$source" log -1 --format=%ct 2>/dev/null || stat -c %Y "$source/configure.ac")}

[ ! -d "$name" ] || chmod -R u+w "$name"
rm -rf "$name"
mv "$distdir" "$name"
chmod -R u+w "$name"

"$here/strip.sh" "$name"
(cd "$name" && autoreconf -fi >../autoreconf.log 2>&1) || {
	cat autoreconf.log >&2
	exit 1
}
rm -rf autoreconf.log "$name/autom4te.cache" "$name"/configure~

tar --sort=name --mtime="@$time" --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r,go-w,a+X --format=gnu -cf - "$name" |
	xz -6 -T1 >"$name.tar.xz"
rm -rf "$name"
