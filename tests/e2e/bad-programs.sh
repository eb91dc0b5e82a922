#!/bin/sh
# Programs that go wrong in every way, also on purpose: each is the student's fault (1),
# each is told what it did, none takes long, and nothing of it stays.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

workspace 01-udp-server bad
# Each program is called by its full path below $work: that is how one that stayed is found.
printf %s "$work/bad/.windsock/build/server" > needle

# The server of lesson 01 whose main() begins with the lines of standard input, checked.
server() {
	{
		sed '/^int main/,$d' "$WINDSOCK_TESTS/lessons/01-udp-server/solution/server.c"
		cat << 'PROGRAM'
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void serve(char **argv)
{
	int s = open_server(argv[1], (unsigned short)atoi(argv[2]));

	while (s >= 0 && !answer_one(s, argv[3]))
		;
}

int main(int argc, char **argv)
{
	(void)argc;
PROGRAM
		cat
		echo '	(void)argv; (void)serve; return 0; }'
	} > bad/server.c
	run "$WINDSOCK" check --dir bad --case one-question
}

is_gone() {
	# (The needle is read from a file, so that no command line of ours holds it.)
	! grep -qsaFf needle /proc/[0-9]*/cmdline
}

nothing_stays() { # WHAT
	if await is_gone; then
		ok "nothing of $1 stays"
	else
		not_ok "nothing of $1 stays" "$(grep -lsaFf needle /proc/[0-9]*/cmdline)"
	fi
}

# ---- not even a program ----

echo 'int main(void) { return nonsense; }' > bad/server.c
run "$WINDSOCK" check --dir bad
expect_soon "what does not compile: the compiler's words, and the file" 1 "server.c" "nonsense" \
	"server.c does not compile"
that "no case was judged" test ! -s bad/.windsock/last/one-question/run.json
: > bad/server.c
run "$WINDSOCK" check --dir bad
expect_soon "an empty source" 1 "server.c does not compile"
head -c 300 /dev/urandom > bad/server.c
run "$WINDSOCK" check --dir bad
expect_soon "a source of noise" 1 "server.c does not compile"
echo '#include "server.c"' > bad/server.c
run "$WINDSOCK" check --dir bad
expect_soon "a source that includes itself" 1 "server.c does not compile" "file that includes itself"
printf '#include "/dev/zero"\nint main(void) { return 0; }\n' > bad/server.c
run "$WINDSOCK" check --dir bad
expect_soon "a source without end" 1 "server.c does not compile"
# What looks like a machine's fault, in the student's own words.
echo '#error No space left on device' > bad/server.c
run "$WINDSOCK" check --dir bad
expect_soon "a source that claims a full disk" 1 "server.c does not compile" "!was stopped"
printf '#pragma message "\\ncc: fatal error: cannot execute cc1"\n__asm__(".print \\"collect2: fatal error:\\"");\n.\n' > bad/server.c
run "$WINDSOCK" check --dir bad
expect_soon "a source that claims a broken compiler" 1 "server.c does not compile" "!not your fault"

# ---- it ends ----

server << 'END'
	*(volatile int *)0 = 1;
END
expect_soon "a crash" 1 "[crashed]" "Segmentation fault"
server << 'END'
	abort();
END
expect_soon "an abort" 1 "[crashed]" "Aborted"
server << 'END'
	return 3;
END
expect_soon "an end at once" 1 "[nothing-bound]" "exit status 3"
server << 'END'
	execl("/bin/sleep", argv[0], "1000", (char *)NULL);
END
expect_soon "another program in its place" 1 "[nothing-bound]"
nothing_stays "what it executed"

# ---- it does not ----

server << 'END'
	for (;;)
		;
END
expect_soon "a busy loop" 1 "[nothing-bound]"
nothing_stays "a busy loop"
server << 'END'
	for (int number = 1; number < 65; number++)
		(void)signal(number, SIG_IGN);
	for (;;)
		(void)sleep(1000);
END
expect_soon "one that ignores every signal and sleeps" 1 "[nothing-bound]"
nothing_stays "one that ignores every signal"
server << 'END'
	char byte;
	while (read(0, &byte, 1) > 0)
		;
	serve(argv);
END
expect_soon "one that reads its input first gets an end of file" 0 "4 of 4 points"
server << 'END'
	(void)close(1);
	(void)close(2);
	serve(argv);
END
expect_soon "one that closes its output is as good as any" 0 "4 of 4 points"
server << 'END'
	for (int fd = 0; fd < 1024; fd++)
		(void)close(fd);
	serve(argv);
END
expect_soon "also one that closes all it can" 0 "4 of 4 points"

# ---- it takes what it can ----

server << 'END'
	for (;;)
		puts("for ever");
END
expect_soon "one that prints for ever" 1 "[prints-forever]"
nothing_stays "one that prints for ever"
server << 'END'
	for (;;)
		if (fork() < 0)
			(void)sleep(1);
END
expect_soon "one that forks for ever" 1 "[forks-forever]"
nothing_stays "one that forks for ever"
server << 'END'
	for (;;)
		if (fork() == 0 && setsid() > 0 && fork() == 0 && setsid() > 0) {
			for (;;)
				(void)sleep(1000);
		}
END
expect_soon "one whose grandchildren hide in sessions of their own" 1 "[forks-forever]"
nothing_stays "the grandchildren"
server << 'END'
	for (;;)
		if (fork())
			_exit(0); /* the child goes on: always another process, never many */
END
expect_soon "one that runs away from process to process" 1 "0 of 4 points"
nothing_stays "the runaway"
server << 'END'
	for (size_t size = 1 << 20;; ) {
		char *memory = malloc(size);

		if (memory)
			memset(memory, 1, size);
	}
END
expect_soon "one that takes memory without end" 1
nothing_stays "the memory eater"
server << 'END'
	struct stat status;
	int fd = open("big", O_WRONLY | O_CREAT | O_TRUNC, 0644);
	char block[65536] = {1};

	(void)signal(SIGXFSZ, SIG_IGN);
	while (write(fd, block, sizeof block) > 0)
		;
	if (fstat(fd, &status) || status.st_size != 16 << 20)
		return 1;
	serve(argv);
END
expect_soon "one that writes a file without end gets 16 MiB, and is as good as any" 0 "4 of 4 points"
that "it is not where the student works" test ! -e bad/big
server << 'END'
	for (int child = 0; child < 40; child++)
		if (!fork()) {
			char *memory = malloc(40 << 20);

			for (;;)
				memset(memory, child, 40 << 20);
		}
	serve(argv);
END
expect_soon "one whose children take memory, none of them too much" 1 "[takes-all-memory]"
nothing_stays "the children"
server << 'END'
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	to.sin_addr.s_addr = inet_addr("10.0.0.2");
	for (;;)
		(void)sendto(s, "flood", 5, 0, (struct sockaddr *)&to, sizeof to);
END
expect_soon "one that floods the link" 1 "[floods]"
nothing_stays "the flood"

# ---- it is elsewhere ----

server << 'END'
	struct sockaddr_in6 me = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_ANY_INIT};
	int s = socket(AF_INET6, SOCK_DGRAM, 0), one = 1;

	me.sin6_port = htons((unsigned short)atoi(argv[2]));
	(void)setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
	if (bind(s, (struct sockaddr *)&me, sizeof me))
		return 1;
	for (;;)
		(void)answer_one(s, argv[3]);
END
expect_soon "one that is bound for IPv6 only" 1 "[wrong-family]"
server << 'END'
	if (daemon(1, 0))
		return 1;
	serve(argv);
END
expect_soon "a server that becomes a daemon has ended, and the daemon with it" "0 1"
nothing_stays "the daemon"
server << 'END'
	if (fork())
		for (;;)
			(void)pause();
	(void)setsid();
	serve(argv);
END
expect_soon "one whose child serves is as good as any" 0 "4 of 4 points"
nothing_stays "the child"

# ---- it strikes back ----

server << 'END'
	(void)kill(-1, SIGKILL);
	serve(argv);
END
expect_soon "kill -9 -1 reaches nobody" 0 "4 of 4 points"
server << 'END'
	(void)kill(0, SIGTERM);
	serve(argv);
END
expect_soon "kill 0 reaches itself alone" 1 "[ended-by-signal]"
server << 'END'
	(void)kill(getppid(), SIGKILL);
	(void)kill(1, SIGKILL);
	(void)kill(1, SIGTERM);
	serve(argv);
END
expect_soon "its keeper cannot be killed" 0 "4 of 4 points"
# It is root's programs that cannot reach the evidence; a student's own can, to no avail.
server << 'END'
	(void)unlink(".windsock/last/one-question/run.json");
	(void)mkdir(".windsock/last/one-question/run.json", 0700);
	for (;;)
		(void)pause();
END
expect_soon "one that takes the place of the evidence gains nothing" "1 2" "!4 of 4"
rm -rf bad/.windsock/last
server << 'END'
	(void)!system("rm -rf .windsock/last");
	for (;;)
		(void)pause();
END
expect_soon "one that removes the evidence gains nothing" "1 2" "!4 of 4"

# ---- and after all that ----

solve 01-udp-server bad
run "$WINDSOCK" check --dir bad
expect "the next check is as if nothing had been" 0 "$most of $most points"

# ---- what fills its own input ----

# Its pipe is his who starts windsock, so only an ordinary user's program may open the other end.
workspace 05-who-starts fills
cat > fills/peer.c << 'PROGRAM'
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	static char bytes[4096];
	struct stat status;
	int input = fstat(0, &status) || !S_ISFIFO(status.st_mode) ? -1 : open("/proc/self/fd/0", O_WRONLY | O_NONBLOCK);

	while (input >= 0 && write(input, bytes, sizeof bytes) > 0)
		;
	for (;;)
		(void)pause();
}
PROGRAM
user=${WINDSOCK_TEST_USER:-nobody}
as=
if [ "$(id -u)" -eq 0 ] && have setpriv; then
	chown -R "$user" fills
	as="setpriv --reuid=$(id -u "$user") --regid=$(id -g "$user") --clear-groups"
fi
# shellcheck disable=SC2086 # words
run $as "$WINDSOCK" check --dir fills --case a-starts
expect_soon "a program that fills its own input keeps nobody waiting" 1 "0 of 3 points"

finish
