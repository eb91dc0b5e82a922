#!/bin/sh
# The doctor, and check, before each wall that can be built here: both name it and its remedy, in the same words.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

# A build with ASan would look for leaks at the end, which needs what is refused here.
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS
lesson=01-udp-server
forbid=$(dirname "$WINDSOCK")/tests/e2e/forbid
workspace $lesson mine
solve $lesson mine
CDIR=$work/mine

run "$WINDSOCK" doctor
expect "here every lesson runs" 0 "ok user namespace" "ok your program" "lessons run here" "!first wall" "!not tried"
run "$WINDSOCK" doctor 1
expect "one lesson, looked at closely" 0 "ok $lesson" "It runs here."
run "$WINDSOCK" doctor 99
expect "a lesson that there is not: a wrong command line" 2 "99"
run "$WINDSOCK" doctor 1 2
expect "two lessons: likewise" 2 "usage: windsock doctor"

# The same sentence from both, each run as WRAP says. STEP is the doctor's line; STATUS is check's.
wall() { # WHAT STEP STATUS TEXT... -- WRAP...
	title=$1 step=$2 wanted=$3
	shift 3
	texts=$1
	shift
	while [ "$1" != -- ]; do
		texts="$texts|$1"
		shift
	done
	shift
	run "$@" "$WINDSOCK" doctor 1
	expect_texts "doctor: $title" 77 "no $step|The first wall: $step.|$texts"
	echo "/* $title */" >> "$work/mine/server.c" # so that it is compiled again
	run "$@" "$WINDSOCK" check
	expect_texts "check: $title" "$wanted" "$texts"
}

# TEXTS are parted by |.
expect_texts() { # WHAT STATUS TEXTS
	title_of=$1 status_of=$2
	IFS='|'
	set -f
	# shellcheck disable=SC2086 # a list
	set -- $3
	unset IFS
	set +f
	expect "$title_of" "$status_of" "$@"
}

# ---- what a container's filter refuses ----

if [ -x "$forbid" ] && "$forbid" unshare=1 -- true; then
	wall "unshare refused" "user namespace" 77 "cannot make a user namespace" "seccomp=unconfined" -- \
		"$forbid" unshare=1 --
	wall "a kernel without namespaces" "user namespace" 77 "CONFIG_USER_NS" -- "$forbid" unshare=38 --
	wall "clone(CLONE_NEWUSER) refused" "a sandbox" 77 "make namespaces for" "seccomp=unconfined" -- \
		"$forbid" clone:0:0x10000000=1 --
	wall "mount refused" "a sandbox" 77 "make a root" "seccomp=unconfined" -- "$forbid" mount=1 --
	wall "no filters" "a sandbox" 77 "CONFIG_SECCOMP_FILTER" -- "$forbid" seccomp=1 --
	wall "no packet sockets" "tcpdump" 77 "sudo modprobe af_packet" -- "$forbid" socket:0:17=97 --
	run "$forbid" unshare=kill -- "$WINDSOCK" doctor 1
	expect "a filter that kills is survived" 77 "killed for a system call"

	run "$forbid" ptrace=1 -- "$WINDSOCK" doctor 1
	expect "doctor: without ptrace the lesson runs" 0 "- socket calls" "verdicts are the same" "forbids to trace" \
		"It runs here"
	run "$forbid" ptrace=1 -- "$WINDSOCK" check
	expect "check: likewise, and points to the doctor" 0 "windsock doctor"
	run "$forbid" landlock_create_ruleset=38 -- "$WINDSOCK" doctor 1
	expect "without Landlock it runs" 0 "- Landlock" "It runs here"
	run "$forbid" mount_setattr=38 -- "$WINDSOCK" doctor 1
	expect "as a kernel before 5.12: its mounts are locked in their places" 0 "ok your program" "It runs here"

	run "$forbid" socket:2:12=93 -- "$WINDSOCK" doctor
	expect "doctor: without nftables some lessons run" 77 "no firewalls" "no NAT" "sudo modprobe -a nf_tables" \
		"no 20-nat-mapping 0 of" "missing: " "lessons run here" "!01-udp-server"
	workspace 20-nat-mapping nat
	CDIR=$work/nat run "$forbid" socket:2:12=93 -- "$WINDSOCK" check
	expect "check: they are skipped" 77 "sudo modprobe -a nf_tables" "windsock doctor"
else
	skip "what a filter refuses" "seccomp filters are not to be had here"
fi

# ---- limits, mounts ----

if unshare -Ur true 2> /dev/null; then
	for name in user net pid; do
		case $name in
		user) step="user namespace" ;;
		net) step="network namespace" ;;
		pid) step="process namespaces" ;;
		esac
		wall "no $name namespaces" "$step" 77 "user.max_${name}_namespaces is 0" \
			"sudo sysctl -w user.max_${name}_namespaces=15000" -- \
			unshare -Ur sh -c "echo 0 > /proc/sys/user/max_${name}_namespaces"' && exec "$@"' sh
	done
else
	skip "limits" "unshare -Ur does not work here, although windsock does"
fi

if unshare -Urm true 2> /dev/null; then
	wall "/proc/sys read-only" "a network" 77 "cannot be written here" "systempaths=unconfined" -- \
		unshare -Urm sh -c 'mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec "$@"' sh
	wall "/proc/sys hidden" "a network" 77 "/proc/sys/net is hidden here" "unmask=ALL" -- \
		unshare -Urm sh -c 'mount -t tmpfs tmpfs /proc/sys && exec "$@"' sh
	wall "tcpdump may not be run" "tcpdump" 77 "may not be run" "apparmor_parser" -- \
		unshare -Urm sh -c 'mount --bind /dev/null "$(PATH=$PATH:/usr/sbin:/sbin command -v tcpdump)" && exec "$@"' sh
	wall "a folder that is mounted noexec" "the compiler" 77 "mine may not be executed" "noexec" "~/LESSON" -- \
		unshare -Urm sh -c 'mount --bind . . && mount -o remount,bind,noexec . && cd "$PWD" && exec "$@"' sh
	if have nc.openbsd; then
		run unshare -Urm sh -c 'mount --bind /dev/null "$(command -v nc.openbsd)" && exec "$@"' sh "$WINDSOCK" doctor 1
		expect "doctor: a command that one case needs" 0 "- 01-udp-server 3 of 4 cases run here" \
			"sudo apt-get install netcat-openbsd" "It runs here"
	fi
	run unshare -Urm sh -c 'mount --bind . . && mount -o remount,bind,ro . && cd "$PWD" && exec "$@"' sh \
		"$WINDSOCK" doctor 1
	expect "doctor: a folder that cannot be written to" 77 "nothing can be written in" "cd ~"
	# Every proc there is: one that is whole somewhere, as in a chroot, would do.
	run unshare -Urm sh -c 'while read -r _ where type _; do
		[ "$type" != proc ] || mount --bind /dev/null "$where/version" || exit 99
	done < /proc/mounts && exec "$@"' sh "$WINDSOCK" doctor 1
	expect "doctor: a masked /proc is a remark" 0 "it has no /proc" "It runs here"
else
	skip "mounts" "unshare -Urm does not work here"
fi

wall "no tcpdump" "tcpdump" 77 "tcpdump is not installed" "sudo apt-get install tcpdump" -- \
	env WINDSOCK_TCPDUMP=/nonexistent
wall "no compiler" "the compiler" 77 "there is no C compiler" "sudo apt-get install gcc" -- env PATH=/nonexistent

WINDSOCK_TCPDUMP=/bin/false run "$WINDSOCK" doctor 1
expect "what no wall explains is 2, not 77" 2 "tcpdump ended by itself" "No remedy is known"

# ---- what is full ----

run prlimit --as=40000000 "$WINDSOCK" --version # what a build with ASan is not enough for
if [ "$status" -eq 0 ]; then
	run prlimit --as=40000000 "$WINDSOCK" doctor 1
	expect "doctor: little address space" 77 "no the compiler" "ulimit -v unlimited"
	echo "/* little */" >> mine/server.c
	run prlimit --as=40000000 "$WINDSOCK" check
	expect "check: likewise, which is not the student's fault" 77 "ulimit -v unlimited"
else
	not_here "little address space" "this build does not start with 40 MB"
fi
run prlimit --nofile=10 "$WINDSOCK" doctor 1
expect "few open files" 77 "ulimit -n is 10"
run sh -c '{ prlimit --fsize=0 "$0" check 2>&1; echo "status $?"; } | cat' "$WINDSOCK" # what it says goes to no file
expect "check: small files" 0 "status 2" "a file may have only 0 bytes here" "ulimit -f unlimited" "!seccomp"
if [ "$(id -u)" -eq 0 ]; then
	not_here "few processes" "root has no such limit"
elif unshare -Ur true 2> /dev/null; then
	run unshare -Ur prlimit --nproc=1 "$WINDSOCK" doctor 1
	expect "doctor: few processes" 77 "ulimit -u is 1" "ulimit -u unlimited"
	run unshare -Ur prlimit --nproc=1 "$WINDSOCK" check
	expect "check: few processes, which may be more in a minute" "2 77" "ulimit -u is 1"
fi

run "$WINDSOCK" check
expect "and without all that it works" 0 "$most of $most points"
run sh -c '"$1" doctor 1 | head -n 1' sh "$WINDSOCK" # who reads has seen enough
that "nothing is left behind" test -z "$(find "$work" -name '.windsock-doctor*')"

finish
