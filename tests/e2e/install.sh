#!/bin/sh
# make install to a prefix, and from there on without the source tree: what students and instructors do all day works, for
# root and for an ordinary user. The trees of sources and of the build are hidden from what runs, where they can be.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab
build=$(dirname "$WINDSOCK")
source=$(cd "$WINDSOCK_TESTS/.." && pwd)
cp -R "$WINDSOCK_TESTS/lessons/01-udp-server" fixtures # they will not be seen there
trace=$source/lessons/01-udp-server/traces/one-question.trace
installed=$work/image/opt/course/bin/windsock

# A make of its own, which is not to hear of the one that runs the tests.
make_target() { # TARGET [VARIABLE=VALUE...]
	run env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$build" "$@"
}

run "$WINDSOCK" --version
expect "the Debian package has the same version" 0 "windsock $(sed -n '1s/windsock (\(.*\)) .*/\1/p' "$source/debian/changelog")"

make_target install DESTDIR="$work/image" prefix=/opt/course
expect "make install succeeds" 0
command="grep -rIl $source image"
that "no file that it installed names the source tree" test -z "$(grep -rIl -e "$source" -e "$build" image)"
that "no solution is among them" test -z "$(find image -name solution -o -name wrong -o -name right)"
that "the traces are" cmp "$trace" "image/opt/course/share/windsock/lessons/01-udp-server/traces/one-question.trace"

# ---- hiding: root as he is, another user as root of a namespace, from which he goes back to be himself ----

if [ "$(id -u)" -eq 0 ]; then
	hide="unshare --mount --propagation private $work/hidden"
	back=
else
	hide="unshare --user --map-root-user --mount --propagation private $work/hidden"
	back="unshare --user --map-user=$(id -u) --map-group=$(id -g)"
fi
# What was configured, for the usual case that it lies below /usr: there the sandbox hides the demo's programs from others.
usual=$(sed -n 's/^prefix = //p' "$build/Makefile")
cat > hidden <<END_OF_HIDDEN
#!/bin/sh
[ ! -d '$work/usual' ] || mount --bind "$work/usual$usual" '$usual' || exit 99
for tree in '$source' '$build'; do
	[ ! -d "\$tree" ] || mount -t tmpfs -o size=4k nothing "\$tree" || exit 99
done
cd "\$1" && shift && exec $back "\$@"
END_OF_HIDDEN
chmod +x hidden
run $hide "$work" test ! -e "$source/src"
if [ "$status" -ne 0 ]; then
	not_here "hiding the source tree" "$(tail -n 1 err)"
	hide=
fi

away() { # FOLDER COMMAND...: there, as $as, without the source tree
	place=$1
	shift
	if [ -n "$hide" ]; then run $hide "$place" $as "$@"; else CDIR=$place run $as "$@"; fi
}

unset WINDSOCK WINDSOCK_LESSONS WINDSOCK_DOCS srcdir

a_day() { # WHO FOLDER: from the demo to a grade
	mkdir "$2" "$2/home"
	export HOME="$work/$2/home"
	[ -z "$as" ] || chown -R "$uid:$gid" "$2"
	away "$work/$2" "$installed" demo
	expect "$1: demo" 0 "[reply-to-first-client]"
	away "$work/$2" "$installed" list
	expect "$1: list" 0 01-udp-server 27-write-the-trace
	away "$work/$2" "$installed" start 01
	expect "$1: start" 0 "cd 01-udp-server"
	away "$work/$2/01-udp-server" make check
	expect "$1: make check of a skeleton" 2 "meant to fail" "[nothing-bound]"
	$as cp fixtures/solution/server.c "$2/01-udp-server/server.c"
	away "$work/$2/01-udp-server" make check
	expect "$1: and of a solution" 0 "$most of $most points"
	away "$work/$2/01-udp-server" "$installed" trace .windsock/last/one-question/a.eth0.pcap --host a=10.0.0.1 --host b=10.0.0.2
	expect "$1: trace of its capture" 0 "udp b:" "=> a:7777"
	for what in check hint; do
		away "$work/$2" "$installed" $what 03
		expect "$1: $what of a lesson that was not begun says how to" 2 "no folder of 03-foreign-address here" \
			"windsock start 03-foreign-address"
	done
	if have script; then
		# It ends with its terminal, whose input is at its end.
		away "$work/$2" script -qec "$installed watch 03" /dev/null
		expect "$1: watch ends with its input" 0
		that "$1: watch makes it a folder of its own" test -s "$2/03-foreign-address/mine.c"
	else
		skip "$1: watch ends with its input" "script is not installed"
		skip "$1: watch makes it a folder of its own" "script is not installed"
	fi
	that "$1: nothing was written where the lessons are installed" test -z "$(find image -name .windsock)"
}

as=
a_day "$(id -un)" day
that "the workspace calls the installed windsock" grep -q "WINDSOCK = $installed" day/01-udp-server/Makefile

# One of them as an archive: the program that unpacks it is found, too.
mkdir -p class/ann class/bob
cp fixtures/solution/server.c class/ann/
cp fixtures/wrong/first-client.c class/bob/server.c
(cd class && tar -czf bob.tar.gz bob && rm -r bob)
away "$work" "$installed" grade class --lessons 01 --out grades
expect "grade of two submissions" 0 "2 students" "2 of 2 graded"
that "the right one has all points" grep -q "^ann,$most" grades/results.csv
that "the wrong one has not" test "$(grep -c "^bob,$most" grades/results.csv)" = 0
away "$work" "$installed" report --format csv grades/results/01-udp-server/ann.json
expect "report" 0 ann

if [ "$(id -u)" -eq 0 ]; then
	user=${WINDSOCK_TEST_USER:-nobody}
	uid=$(id -u "$user") gid=$(id -g "$user")
	as="setpriv --reuid=$uid --regid=$gid --clear-groups"
	a_day "$user" other-day
fi

# The lessons' folder is where the program is, also when all of it is moved.
mv image/opt/course moved
as=
away / "$work/moved/bin/windsock" list
expect "moved as a whole it finds its lessons" 0 01-udp-server
mv moved image/opt/course
make_target uninstall DESTDIR="$work/image" prefix=/opt/course
expect "make uninstall succeeds" 0
that "and leaves no file" test -z "$(find image -type f)"

# ---- where it is installed unless one says otherwise ----

case $usual in
/usr/*)
	make_target install DESTDIR="$work/usual"
	if [ -n "$hide" ]; then
		away "$work/day" "$usual/bin/windsock" demo
		expect "demo from $usual" 0 "[reply-to-first-client]"
	fi
	;;
esac
finish
