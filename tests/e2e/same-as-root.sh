#!/bin/sh
# Root gains nothing and loses nothing: an ordinary user gets the same exit status, points and diagnoses.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

if [ "$(id -u)" -ne 0 ]; then
	not_here "root and an ordinary user" "only root can be both"
	ok "an ordinary user has nobody to compare with"
	finish
	exit 0
fi
user=${WINDSOCK_TEST_USER:-nobody}
uid=$(id -u "$user" 2> /dev/null) || skip_all "there is no user $user: set WINDSOCK_TEST_USER"
gid=$(id -g "$user")
have setpriv || skip_all "setpriv (util-linux) is not installed"

as_user() {
	run setpriv --reuid="$uid" --regid="$gid" --clear-groups env HOME=/nonexistent "$@"
}

as_user "$WINDSOCK" list
[ "$status" -eq 0 ] || skip_all "$user cannot run $WINDSOCK with $WINDSOCK_LESSONS"

# Points up to the first diagnosis, and that. The pictures hold times, ports, and who was quicker; and where several
# cases are wrong, the later ones may be so in more than one way (a skeleton that closes before or after curl has
# spoken, a trace that is too loose for one order of two packets and not for the other).
judged() {
	sed '/\[[a-z-]*\]$/q' "$work/out" |
		grep -oE '\([a-z0-9-]+, [0-9]+ of [0-9]+ points?\)|\[[a-z-]+\]$|[0-9]+ of [0-9]+ points\.'
}

both() { # LESSON NAME WHAT: the workspaces $work/NAME and $work/NAME.user, of root and of the user
	cp -r "$2" "$2.user"
	rm -rf "$2.user/.windsock/last" "$2.user/.windsock/build"
	chown -R "$uid:$gid" "$2.user"
	run "$WINDSOCK" check --dir "$2" --ascii
	root_status=$status
	judged > root.out
	as_user "$WINDSOCK" check --dir "$work/$2.user" --ascii
	judged > user.out
	if [ "$status" -eq "$root_status" ] && [ -s user.out ] && cmp -s root.out user.out; then
		ok "$3: exit status $status and the same diagnosis for root and $user"
	else
		not_ok "$3: the same for root and $user" "root: exit status $root_status"
		diff root.out user.out | diag
	fi
	rm -rf "$2" "$2.user"
}

for folder in $(ls -d "$WINDSOCK_TESTS"/lessons/*/solution | some); do
	lesson=${folder%/solution}
	lesson=${lesson##*/}
	workspace "$lesson" "$lesson"
	both "$lesson" "$lesson" "the skeleton of $lesson"
	workspace "$lesson" "$lesson"
	solve "$lesson" "$lesson"
	both "$lesson" "$lesson" "the solution of $lesson"
done
for wrong in first-client no-bind loopback once sizeof; do
	workspace 01-udp-server wrong
	fixture 01-udp-server wrong/$wrong.c wrong server.c
	both 01-udp-server wrong "$wrong.c"
done

# Root's own folder is closed to everybody else, and to the nobody that root's programs run as.
umask 077
mkdir closed
workspace 01-udp-server closed/work
solve 01-udp-server closed/work
run "$WINDSOCK" check --dir closed/work
expect "root works in a folder that is closed to others" 0 "$most of $most points"
CDIR=$work/closed/work run make check
expect "and by make check in it" 0 "$most of $most points"
# The program of the check before is still there while the next one is compiled.
fixture 01-udp-server wrong/first-client.c closed/work server.c
run "$WINDSOCK" check --dir closed/work
expect "there too a changed program is judged, not the one before" 1 "$((most - 6)) of $most points" "[reply-to-first-client]"
solve 01-udp-server closed/work
run "$WINDSOCK" check --dir closed/work
expect "and when it is mended" 0 "$most of $most points"

# The files of a check are the caller's.
that "what root's check leaves is root's" test -z "$(find closed ! -user root)"

finish
