/* demo_server.c - what windsock demo runs: a UDP server, and with DEMO_WRONG one that makes a mistake.
 *
 * It is shipped with the course, so it is no solution of lesson 01: it goes to work by other calls than the lesson's. */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef DEMO_WRONG
#define KEEPS_THE_FIRST 1
#else
#define KEEPS_THE_FIRST 0
#endif

/* -1: there is none. */
static int open_at(const char *host, const char *port)
{
	const struct addrinfo wish = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
	struct addrinfo *found;
	int fd;

	if (getaddrinfo(host, port, &wish, &found))
		return -1;
	fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, found->ai_protocol);
	if (fd >= 0 && bind(fd, found->ai_addr, found->ai_addrlen)) {
		(void)close(fd); /* nothing was sent through it */
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

int main(int argc, char **argv)
{
	struct sockaddr_storage asker, first;
	char question[1024];
	int fd = argc == 4 ? open_at(argv[1], argv[2]) : -1;

	if (fd < 0) {
		fprintf(stderr, "demo server: cannot wait at %s\n", argc == 4 ? argv[1] : "ADDRESS PORT ANSWER");
		return 2;
	}
	for (int asked = 0;; asked++) {
		struct iovec in = {question, sizeof question}, out = {argv[3], strlen(argv[3])};
		struct msghdr from = {.msg_name = &asker, .msg_namelen = sizeof asker, .msg_iov = &in, .msg_iovlen = 1};
		struct msghdr to = {.msg_name = &asker, .msg_iov = &out, .msg_iovlen = 1};

		if (recvmsg(fd, &from, 0) < 0)
			return 1;
		to.msg_namelen = from.msg_namelen;
		if (!asked)
			first = asker;
		if (KEEPS_THE_FIRST)
			to.msg_name = &first;
		if (sendmsg(fd, &to, 0) < 0)
			return 1;
	}
}
