#!/bin/sh
# Socket calls beside the packets: who made them, from which line, with what result; of threads,
# children, static programs and interpreters; and a check without them says the same.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

line_of() { # FILE TEXT: "server.c:27", where the text stands
	printf '%s:%s' "${1##*/}" "$(grep -nF -e "$2" "$1" | head -n 1 | cut -d : -f 1)"
}

# ---- right programs, with and without ----

for lesson in 01-udp-server 02-udp-client-port 06-tcp-server 07-tcp-client-port 13-push 14-poll; do
	workspace $lesson $lesson
	solve $lesson $lesson
	run "$WINDSOCK" check --dir $lesson --calls
	expect "$lesson: right with calls" 0 "$lesson: " "= 3" "!no socket calls" "!lost"
	run "$WINDSOCK" check --dir $lesson --no-calls
	expect "$lesson: right without" 0 "$lesson: "
	that "$lesson: and then nothing is recorded" sh -c "! grep -q time_ns $lesson/.windsock/last/*/run.json"
done

# ---- lines ----

run "$WINDSOCK" check --dir 01-udp-server --calls
source=01-udp-server/server.c
expect "01: each call with its line" 0 \
	"$(line_of $source 'socket(AF_INET') socket(AF_INET, SOCK_DGRAM) = 3" \
	"$(line_of $source 'if (bind(') bind(3, 10.0.0.1:7777) = 0" \
	"$(line_of $source 'recvfrom(s,') recvfrom(3) = 6 from 10.0.0.2:" \
	"$(line_of $source 'sendto(s,') sendto(3, 6 bytes, to 10.0.0.2:" "never returned"
run "$WINDSOCK" show --dir 01-udp-server --calls two-clients
expect "show tells them later" 0 "$(line_of $source 'if (bind(') bind(3, 10.0.0.1:7777) = 0" "from 10.0.0.3:"
run "$WINDSOCK" check --dir 01-udp-server
expect "they are shown only where asked for" 0 "!recvfrom("
run "$WINDSOCK" check --dir 06-tcp-server --calls
source=06-tcp-server/server.c
expect "06: each call with its line" 0 "$(line_of $source 'socket(AF_INET') socket(AF_INET, SOCK_STREAM) = 3" \
	"$(line_of $source 'bind(') bind(3, 10.0.0.1:" "$(line_of $source 'listen(s') listen(3, " \
	"$(line_of $source '= accept(') accept(3) = 4" "$(line_of $source 'send(') send(4, "

# ---- programs of every kind ----

compile() { # NAME [FLAG...]: standard input
	name=$1
	shift
	cat > "$name.c"
	$CC -g -O0 "$@" -o "$name" "$name.c" 2> compiler || return 1
}

# The server of lesson 01 in $1's way: serve() answers for ever.
server_with() { # what main() does, on standard input
	sed '/^int main/,$d' "$WINDSOCK_TESTS/lessons/01-udp-server/solution/server.c"
	cat << 'PROGRAM'
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
static char **arguments;
static void *serve(void *unused)
{
	int s = open_server(arguments[1], (unsigned short)atoi(arguments[2]));

	(void)unused;
	while (s >= 0 && !answer_one(s, arguments[3]))
		;
	return NULL;
}
int main(int argc, char **argv)
{
	(void)argc;
	arguments = argv;
PROGRAM
	cat
	echo '	return 0; }'
}

try() { # PROGRAM: in the place of lesson 01's server
	run "$WINDSOCK" check --dir 01-udp-server --case one-question --calls --with "server=$*"
}

server_with << 'END' | compile threads -pthread
	pthread_t thread;
	(void)pthread_create(&thread, NULL, serve, NULL);
	(void)pthread_join(thread, NULL);
END
try "$work/threads"
expect "a thread's calls" 0 "2.3 $(line_of threads.c 'if (bind(') bind(3, 10.0.0.1:7777) = 0"
server_with << 'END' | compile child
	int s = socket(AF_INET, SOCK_STREAM, 0);
	if (fork())
		for (;;)
			(void)wait(NULL);
	(void)close(s);
	(void)serve(NULL);
END
try "$work/child"
expect "a child's calls, also on what it has inherited" 0 "2.2 $(line_of child.c 'SOCK_STREAM') socket(AF_INET, SOCK_STREAM) = 3" \
	"3.3 $(line_of child.c '(void)close(s)') close(3) = 0" "3.3 $(line_of child.c 'if (bind(') bind(3, 10.0.0.1:7777) = 0"
server_with << 'END' | compile execs
	if (argc == 4) {
		(void)socket(AF_INET, SOCK_DGRAM, 0);
		execl(argv[0], argv[0], argv[1], argv[2], argv[3], "again", (char *)NULL);
		execl("/proc/self/exe", argv[0], argv[1], argv[2], argv[3], "again", (char *)NULL);
	}
	(void)serve(NULL);
END
try "$work/execs"
expect "a program that executes another" 0 "$(line_of execs.c '(void)socket(') socket(AF_INET, SOCK_DGRAM) = 3" \
	"$(line_of execs.c 'if (bind(') bind(4, 10.0.0.1:7777) = 0"
server_with << 'END' | compile traces
	(void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	(void)serve(NULL);
END
try "$work/traces"
expect "one that wants to be traced" 0 "bind(3, 10.0.0.1:7777) = 0"
server_with << 'END' | compile signals
	(void)raise(SIGSTOP);
	(void)serve(NULL);
END
try "$work/signals"
expect "one that stops itself is at rest, and wrong" 1 "[nothing-bound]" "!seconds"
that "and known to be: the run has settled" grep -q '"end": "settled"' 01-udp-server/.windsock/last/one-question/run.json
server_with << 'END' | compile killed
	if (!fork()) {
		(void)socket(AF_INET, SOCK_DGRAM, 0);
		(void)kill(getpid(), SIGKILL);
	}
	(void)serve(NULL);
END
try "$work/killed"
expect "one whose child is killed in between" 0 "3.3 $(line_of killed.c '(void)socket(') socket(AF_INET, SOCK_DGRAM) = 3"
if server_with << 'END' | compile static -static; then
	(void)serve(NULL);
END
	try "$work/static"
	expect "a static program" 0 "$(line_of static.c 'if (bind(') bind(3, 10.0.0.1:7777) = 0"
else
	skip "a static program" "there is no static C library"
fi
if [ -x /usr/bin/python3 ]; then
	cat > server.py << 'SCRIPT'
import socket, sys
address, port, answer = sys.argv[1:4]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((address, int(port)))
while True:
    question, sender = s.recvfrom(2048)
    s.sendto(answer.encode(), sender)
SCRIPT
	try "/usr/bin/python3 $work/server.py"
	expect "Python" 0 "bind(3, 10.0.0.1:7777) = 0" "recvfrom(3) = 6 from 10.0.0.2:"
else
	skip "Python" "there is no /usr/bin/python3"
fi
if nc -h 2>&1 | grep -q OpenBSD; then
	printf '#!/bin/sh\nprintf %%s "$4" | exec nc -u -w 1 "$1" "$2"\n' > ask
	chmod 755 ask
	run "$WINDSOCK" check --dir 01-udp-server --case one-question --calls --with "b=$work/ask"
	expect "a shell script with nc" 0 "connect(3, 10.0.0.1:7777) = 0" "write(3, 6 bytes) = 6"
else
	skip "a shell script with nc" "netcat-openbsd is not installed"
fi

# ---- what fails is told ----

server_with << 'END' | compile twice
	int s = open_server(argv[1], (unsigned short)atoi(argv[2])), again;
	(void)s;
	again = open_server(argv[1], (unsigned short)atoi(argv[2]));
	(void)again;
END
run "$WINDSOCK" check --dir 01-udp-server --case one-question --with "server=$work/twice"
expect "a wrong verdict names the call that failed" 1 \
	"$(line_of twice.c 'if (bind(') bind(4, 10.0.0.1:7777) = -1 EADDRINUSE"
run "$WINDSOCK" check --dir 01-udp-server --case one-question --with "server=$work/twice" --no-calls
expect "and is the same without" 1 "!EADDRINUSE)" "!twice.c:"
server_with << 'END' | compile busy
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	char byte;
	for (;;)
		(void)recv(s, &byte, 1, 0);
END
run "$WINDSOCK" check --dir 01-udp-server --case one-question --calls --with "server=$work/busy"
expect_soon "a busy loop is one line" 1 "EAGAIN" "times"
server_with << 'END' | compile many
	for (int i = 0; i < 30000; i++)
		(void)listen(-1, i);
	(void)serve(NULL);
END
run "$WINDSOCK" check --dir 01-udp-server --case one-question --with "server=$work/many"
expect_soon "too many calls are cut, and the program is as good as any" 0 "only the first are here"

# In 1.5 s without a packet a run is given up: time that the taking down takes is none of it.
server_with << 'END' | compile slowed
	for (int i = 0; i < 60000; i++)
		(void)listen(-1, i);
	(void)serve(NULL);
END
run "$WINDSOCK" check --dir 01-udp-server --case one-question --with "server=$work/slowed"
expect_soon "very many calls before the first packet do no harm" 0 "only the first are here, and 5"
server_with << 'END' | compile dups
	int s = socket(AF_INET, SOCK_DGRAM, 0), file = open("/dev/null", O_RDWR);
	(void)send(s, "a", 1, 0);
	(void)dup2(file, s);
	(void)!write(s, "bc", 2);
	(void)close(file);
	(void)serve(NULL);
END
try "$work/dups"
expect "a descriptor that becomes another is not taken for what it was" 0 "send(3, 1 byte) = -1" "!write(3, 2 bytes)"

server_with << 'END' | compile numbers
	struct iovec parts[2] = {{"a", (size_t)-1 >> 1}, {"b", (size_t)-1 >> 1}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	struct pollfd poller = {.fd = -1};
	long limit[2] = {1, (long)((size_t)-1 >> 1)};
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	(void)!sendmsg(s, &message, 0);
	(void)syscall(SYS_ppoll, &poller, 1, limit, NULL, 8);
	(void)serve(NULL);
END
try "$work/numbers"
expect "lengths and times beyond all numbers are told, and harm nobody" 0 "$(line_of numbers.c 'sendmsg(s') sendmsg(" "poll("

# ---- where it is not to be had ----

run env WINDSOCK_NO_PTRACE=1 "$WINDSOCK" check --dir 01-udp-server --calls
expect "no ptrace: said, and no harm" 0 "$most of $most points" "refuses to trace" "no socket calls were seen"
that "once, on standard error" test "$(grep -c 'refuses to trace' err)" -eq 1

# The tracer is ours: its end is not the student's fault. (It is found by what it traces.)
waits=waits$$
server_with << 'END' | compile $waits
	for (;;)
		(void)sleep(1);
END
CDIR=$work "$WINDSOCK" check --dir 01-udp-server --case one-question --with "server=$work/$waits" > out 2> err < /dev/null &
check=$!
tracer_of() { # PROGRAM: the process that traces it, by one look at all
	tracer=$(awk -v name="$1" '$1 == "Name:" { found = $2 == name } $1 == "TracerPid:" && found && $2 { print $2; exit }' \
	         /proc/[0-9]*/status 2> /dev/null)
	[ -n "$tracer" ]
}
if await tracer_of "$waits"; then
	kill -9 "$tracer"
	status=0
	wait "$check" || status=$?
	command="check, and its tracer killed"
	expect "a tracer that dies: no verdict" 2 "not your fault" "was lost"
else
	not_ok "a tracer that dies: no verdict" "the tracer was not found"
fi

finish
