#!/bin/sh
# A machine that lacks something, or loses it in the middle: exit 77 with the remedy, or 2
# and the word that it is nobody's fault here. Never 1.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

lesson=01-udp-server
workspace $lesson mine
solve $lesson mine
run "$WINDSOCK" check --dir mine
expect "here all is well" 0 "$most of $most points"

# ---- tcpdump ----

real=
for folder in /usr/bin /usr/sbin /sbin /bin /usr/local/bin /usr/local/sbin; do
	[ -x "$folder/tcpdump" ] && real=$folder/tcpdump && break
done

script() { # NAME: standard input becomes an executable file in $work
	cat > "$work/$1"
	chmod 755 "$work/$1"
}

WINDSOCK_TCPDUMP=/nonexistent run "$WINDSOCK" check --dir mine
expect "no tcpdump: 77 and what to install" 77 "tcpdump is not installed" "apt-get install tcpdump"
WINDSOCK_TCPDUMP=/nonexistent run "$WINDSOCK" check --dir mine --case one-question
expect "the same for one case" 77 "apt-get install tcpdump"
WINDSOCK_TCPDUMP=/bin/false run "$WINDSOCK" check --dir mine
expect_soon "one that ends at once" 2 "not your program's fault" "tcpdump ended"
script complains << 'SCRIPT'
#!/bin/sh
echo "tcpdump: eth0: You don't have permission to do that" >&2
exit 1
SCRIPT
WINDSOCK_TCPDUMP=$work/complains run "$WINDSOCK" check --dir mine
expect_soon "its last words are passed on, with a remedy" 77 "You don't have permission" "apparmor_parser"
script nonsense << 'SCRIPT'
#!/bin/sh
echo "tcpdump: listening on eth0" >&2
echo "this is no capture, whatever it says, and long enough to be looked at"
exec sleep 100
SCRIPT
WINDSOCK_TCPDUMP=$work/nonsense run "$WINDSOCK" check --dir mine
expect_soon "one that writes nonsense" 2 "not your program's fault" "pcap"
script silent << 'SCRIPT'
#!/bin/sh
exec sleep 100
SCRIPT
# (READY_US, 10 s, is what it is given.)
WINDSOCK_TCPDUMP=$work/silent run "$WINDSOCK" check --dir mine --case one-question
expect "one that is never ready: given up, in bounded time" 2 "not your program's fault" "did not begin to listen"
that "after no more than half a minute" test "$seconds" -lt 30
script deaf << 'SCRIPT'
#!/bin/sh
echo "tcpdump: listening on eth0" >&2
exec sleep 100
SCRIPT
WINDSOCK_TCPDUMP=$work/deaf run "$WINDSOCK" check --dir mine --case one-question
expect "one that listens and shows nothing" 2 "not your program's fault"
that "after no more than half a minute" test "$seconds" -lt 30
for packets in 1 2 3; do
	script "dies$packets" << SCRIPT
#!/bin/sh
exec $real -c $packets "\$@"
SCRIPT
	WINDSOCK_TCPDUMP=$work/dies$packets run "$WINDSOCK" check --dir mine
	expect_soon "one that ends after packet $packets" 2 "not your program's fault" "tcpdump ended"
done
script filters << SCRIPT
#!/bin/sh
exec $real "\$@" not icmp
SCRIPT
WINDSOCK_TCPDUMP=$work/filters run "$WINDSOCK" check --dir mine --case one-question
expect "one that hides packets is found out" 2 "nothing about your program" "last packet"
that "after no more than half a minute" test "$seconds" -lt 30

# ---- namespaces ----

if unshare -Ur true 2> /dev/null; then
	run unshare -Ur sh -c 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" check --dir mine' "$WINDSOCK"
	expect "no user namespaces: 77 and the sysctl" 77 "sysctl -w user.max_user_namespaces"
	run unshare -Ur sh -c 'echo 0 > /proc/sys/user/max_net_namespaces && exec "$0" check --dir mine' "$WINDSOCK"
	expect "no network namespaces: 77 and the sysctl" 77 "sysctl -w user.max_net_namespaces"
	for pair in "2 user" "2 net" "1 pid"; do
		run unshare -Ur sh -c 'echo '"${pair% *}"' > /proc/sys/user/max_'"${pair#* }"'_namespaces &&
			exec "$0" check --dir mine' "$WINDSOCK"
		expect "too few namespaces ($pair): not the student's fault" "2 77"
	done
else
	skip "no user namespaces" "unshare -Ur does not work here, although windsock does"
fi

# A container forbids the calls by seccomp; so does this, with the error that it is given.
cat > forbid.c << 'PROGRAM'
/* forbid ERROR COMMAND...: unshare(2) fails with that error number */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)atoi(argv[1])),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {sizeof code / sizeof code[0], code};

	if (argc < 3 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		return 99;
	execv(argv[2], argv + 2);
	return 99;
}
PROGRAM
if "$CC" -D_GNU_SOURCE -o forbid forbid.c 2> err && ./forbid 1 /bin/true; then
	run ./forbid 1 "$WINDSOCK" check --dir mine
	expect "a container's seccomp (EPERM): 77 and how to start it" 77 "seccomp=unconfined"
	run ./forbid 38 "$WINDSOCK" check --dir mine
	expect "a kernel without (ENOSYS): 77" 77 "CONFIG_USER_NS"
	run ./forbid 28 "$WINDSOCK" check --dir mine
	expect "all in use (ENOSPC): 77" 77 "max_user_namespaces"
	run ./forbid 5 "$WINDSOCK" check --dir mine
	expect "a wall that nobody knows: asks for a report" 77 "report"
else
	skip "a container's seccomp" "seccomp filters are not to be had here"
fi

# ---- a full disk ----

# In a namespace of its own: a small disk, filled but for $room KiB.
cat > full.sh << 'SCRIPT'
mount -t tmpfs -o size=512k tmpfs "$work/disk" || exit 99
cp -r "$work/mine" "$work/disk/mine"
rm -rf "$work/disk/mine/.windsock"/[!l]*
cd "$work/disk" || exit 99
dd if=/dev/zero of=filler bs=4096 2> "$work/dd.err"
truncate -s -"${room}K" filler
exec "$WINDSOCK" check --dir mine
SCRIPT
mkdir disk
export work room
room=
if unshare -Urm sh -c 'mount -t tmpfs tmpfs "$work/disk"' 2> /dev/null; then
	seen=
	for room in 0 4 8 12 16 20 24 28 32 36 40 44 48 52 56 60 64 72 80 96; do
		run unshare -Urm sh full.sh
		seen="$seen $status"
		case $status in
		0) has "$most of $most points" ;;
		2) has "No space left" || has "disk is full" ;;
		*) false ;;
		esac || break
	done
	that "a disk with 0 to 96 KiB left: works or says that it is full, and nothing else" test "$room" -eq 96
	diag "exit statuses:$seen"
	case $seen in
	" 2"*) ok "with nothing left it was full" ;;
	*) not_ok "with nothing left it was full" ;;
	esac
	that "with 96 KiB left it was not" test "$status" -eq 0
else
	skip "a full disk" "unshare -Urm cannot mount here"
fi

# ---- signals as who starts us has left them ----

for how in --ignore-signal=CHLD --block-signal=CHLD --block-signal=USR1 --block-signal --ignore-signal=PIPE; do
	if env $how true 2> /dev/null; then
		command="env $how $WINDSOCK check"
		(env $how "$WINDSOCK" check --dir mine > out 2> err < /dev/null)
		status=$?
		expect "begun with $how" 0 "$most of $most points"
	fi
done

# ---- few descriptors, few processes ----

seen=
for limit in 4 6 8 10 12 14 16 18 20 22 24 26 28 30 32 34 36 38 40 44 48 64; do
	# (A build with ASan would look for leaks at the end, for which it needs some itself.)
	run env ASAN_OPTIONS=detect_leaks=0 prlimit --nofile=$limit "$WINDSOCK" check --dir mine
	seen="$seen $status"
	[ "$status" -eq 0 ] || [ "$status" -eq 2 ] || [ "$status" -eq 77 ] || [ "$status" -eq 127 ] || break
done
that "4 to 64 descriptors: works or tells, never the student's fault" test $limit -eq 64
diag "exit statuses:$seen"
that "64 are enough" test "$status" -eq 0

if [ "$(id -u)" -eq 0 ]; then
	not_here "few processes" "root has no such limit"
elif unshare -Ur true 2> /dev/null; then
	# In a user namespace only what is in it counts.
	seen=
	for limit in 1 2 3 4 5 6 7 8 9 10 12 14 16 18 20 24 28 32 40 48 64; do
		echo "/* $limit */" >> mine/server.c # so that the compiler wants its processes too
		run unshare -Ur prlimit --nproc=$limit "$WINDSOCK" check --dir mine
		seen="$seen $status"
		[ "$status" -eq 0 ] || [ "$status" -eq 2 ] || [ "$status" -eq 77 ] || break
	done
	that "1 to 64 processes: works or tells, never the student's fault" test $limit -eq 64
	diag "exit statuses:$seen"
fi

run "$WINDSOCK" check --dir mine
expect "and without all that it works" 0 "$most of $most points"

finish
