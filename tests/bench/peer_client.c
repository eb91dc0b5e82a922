/* peer_client.c - the benchmark's UDP client: as little as a program of lesson 2 can be.
 *
 *     peer_client ADDRESS PORT MY_PORT [QUESTION [ACK]]
 *
 * From MY_PORT (0: of the kernel's choosing) sends QUESTION, waits for the
 * answer, sends ACK, exits 0. Exits 1 if no answer comes within 5 seconds. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static void check(int result, const char *call)
{
	if (result < 0) {
		fprintf(stderr, "peer_client: %s: %m\n", call);
		exit(1);
	}
}

static int open_client(const char *my_port)
{
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(my_port))};
	struct timeval limit = {.tv_sec = 5};
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	check(s, "socket");
	if (name.sin_port)
		check(bind(s, (struct sockaddr *)&name, sizeof name), "bind");
	check(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), "setsockopt");
	return s;
}

static void say(int s, const struct sockaddr_in *server, const char *text)
{
	check((int)sendto(s, text, strlen(text), 0, (const struct sockaddr *)server, sizeof *server), "sendto");
}

int main(int argc, char **argv)
{
	struct sockaddr_in server = {.sin_family = AF_INET};
	char answer[2048];
	int s;

	if (argc < 4 || argc > 6 || inet_pton(AF_INET, argv[1], &server.sin_addr) != 1) {
		fputs("usage: peer_client ADDRESS PORT MY_PORT [QUESTION [ACK]]\n", stderr);
		return 2;
	}
	server.sin_port = htons((uint16_t)atoi(argv[2]));
	s = open_client(argv[3]);
	say(s, &server, argc > 4 ? argv[4] : "from B");
	check((int)recv(s, answer, sizeof answer, 0), "no answer: recv");
	say(s, &server, argc > 5 ? argv[5] : "got something");
	return 0;
}
