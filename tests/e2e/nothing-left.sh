#!/bin/sh
# However a check ends, nothing of it stays: no process, namespace, interface, mount, file.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

if ! "$CC" -D_GNU_SOURCE -o reaper "$WINDSOCK_TESTS/e2e/reaper.c" 2> err; then
	diag < err
	echo "Bail out! reaper.c does not compile"
	exit 99
fi

lesson=01-udp-server
workspace $lesson right
solve $lesson right
workspace $lesson wrong
fixture $lesson wrong/first-client.c wrong server.c
workspace $lesson hangs
cat > hangs/server.c << 'PROGRAM'
/* never waits for anything */
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

int main(void)
{
	for (int number = 1; number < 65; number++)
		(void)signal(number, SIG_IGN);
	if (fork() == 0)
		(void)setsid();
	for (;;)
		;
}
PROGRAM
cp right/server.c changing.c

# What a sandbox holds leaves no sign outside: it is its command line that tells that the program runs, and its
# namespace is taken down in hangs/started. In the background; is ended by unwatch.
watch() {
	rm -f hangs/started
	(
		program=$(await pgrep -o -f "^$work/hangs/.windsock/build/server") &&
			readlink "/proc/$program/ns/net" > started.new && mv started.new hangs/started
	) &
	watcher=$!
}

unwatch() {
	kill "$watcher" 2> /dev/null
	wait "$watcher" 2> /dev/null
}

interfaces() {
	cut -s -d : -f 1 /proc/net/dev | sort
}

# Mounts that hold a namespace, or lie where we work.
mounts() {
	grep -c -e ' - nsfs ' -e "$work" /proc/self/mountinfo
}

# Whether no process that we may look at is in the network namespace NAME, or holds it open.
is_closed() { # NAME
	! ls -l /proc/[0-9]*/ns/net /proc/[0-9]*/fd 2> /dev/null | grep -qF "$1"
}

mkdir home temporary runtime
HOME=$work/home TMPDIR=$work/temporary XDG_RUNTIME_DIR=$work/runtime
export HOME TMPDIR XDG_RUNTIME_DIR
interfaces > interfaces.before
mounts_before=$(mounts)

# The whole of it: the command ended so, no process is left, the namespace is gone, no file lies about.
nothing_left() { # WHAT END
	if [ "$status" -ne 0 ]; then
		not_ok "$1: no process is left" "something is"
		return
	fi
	if [ -n "$2" ] && ! grep -qx "$2" out; then
		not_ok "$1: no process is left" "it ended otherwise; expected: $2"
		return
	fi
	if [ -e hangs/started ] && ! await is_closed "$(cat hangs/started)"; then
		not_ok "$1: no process is left" "its namespace $(cat hangs/started) is held"
		return
	fi
	rm -f hangs/started
	left=$(find home temporary runtime -mindepth 1)
	if [ -n "$left" ]; then
		not_ok "$1: no process is left" "but files are: $left"
		return
	fi
	ok "$1: no process, namespace, file is left"
}

# ---- an end of its own ----

run ./reaper 180 "$WINDSOCK" check --dir right
nothing_left "success" "exit 0"
run ./reaper 180 "$WINDSOCK" show --dir right
nothing_left "show" "exit 0"
run ./reaper 180 "$WINDSOCK" check --dir wrong
nothing_left "failure" "exit 1"
watch
run ./reaper 180 "$WINDSOCK" check --dir hangs --case one-question
unwatch
that "the hanging program has run" test -e hangs/started
nothing_left "a program that hangs" "exit 1"
WINDSOCK_TCPDUMP=/bin/false run ./reaper 180 "$WINDSOCK" check --dir right
nothing_left "a capture that fails" "exit 2"
echo "int main(void) { return nonsense; }" > wrong/server.c
run ./reaper 180 "$WINDSOCK" check --dir wrong
nothing_left "a program that does not compile" "exit 1"

# ---- an end from outside ----

for signal in "2 SIGINT" "15 SIGTERM" "1 SIGHUP" "3 SIGQUIT" "9 SIGKILL"; do
	number=${signal% *}
	watch
	run ./reaper -s "$number" -g -f hangs/started 180 "$WINDSOCK" check --dir hangs --case one-question
	unwatch
	nothing_left "${signal#* } to the process group, as the program runs" "signal $number"
	watch
	run ./reaper -s "$number" -f hangs/started 180 "$WINDSOCK" check --dir hangs --case one-question
	unwatch
	nothing_left "${signal#* } to windsock alone, as the program runs" "signal $number"
done

# Wherever it stands: while it compiles, builds the lab, starts tcpdump, runs, judges.
# The moments are no synchronisation: whatever each of them hits, nothing may stay.
bad=
for moment in 0 1 2 3 4 5 6 8 10 12 14 16 18 20 24 28 32 36 40 45 50 55 60 70 80 90 100 120 140 170 200; do
	{ cat changing.c; echo "/* $moment */"; } > right/server.c
	run ./reaper -s 9 -m $moment 60 "$WINDSOCK" check --dir right
	[ "$status" -eq 0 ] || bad="$bad $moment"
	cat out >> moments
done
if [ -z "$bad" ]; then ok "killed at 31 moments: no process is left"; else not_ok "killed after ms:$bad"; fi
sort moments | uniq -c | diag
that "and no file outside the workspace" test -z "$(find home temporary runtime -mindepth 1)"
run "$WINDSOCK" check --dir right
expect "the next check is as if nothing had been" 0 "$most of $most points"

# ---- in the caller's own namespaces ----

interfaces > interfaces.after
that "no interface came to the caller's network" cmp -s interfaces.before interfaces.after
that "no mount is held" test "$(mounts)" -eq "$mounts_before"

# With folders for temporary files that are empty and all its own.
cat > own-tmp.sh << 'SCRIPT'
mount -t tmpfs tmpfs /mnt && mkdir /mnt/work && mount --bind "$work" /mnt/work || exit 99
for folder in /tmp /var/tmp /dev/shm; do
	mount -t tmpfs tmpfs $folder || exit 99
done
unset TMPDIR XDG_RUNTIME_DIR
export HOME=/mnt/work/home WINDSOCK_LESSONS=/mnt/work/lessons
cd /mnt/work && ./windsock check --dir right && ./windsock check --dir wrong
echo "check: $?"
find /tmp /var/tmp /dev/shm /mnt -xdev -mindepth 1 ! -path '/mnt/work*'
SCRIPT
export work
fixture $lesson wrong/first-client.c wrong server.c
cp -r "$WINDSOCK_LESSONS" lessons
cp "$WINDSOCK" windsock
if unshare -Urm sh -c 'mount -t tmpfs tmpfs /mnt' 2> /dev/null; then
	run unshare -Urm sh own-tmp.sh
	expect "with its own /tmp: both checks work" 0 "$most of $most points" "$((most - 6)) of $most points" "check: 1"
	that "and leave nothing in it" test "$(sed -n '/^check: /,$p' out)" = "check: 1"
else
	skip "with its own /tmp" "unshare -Urm cannot mount here"
fi

finish
