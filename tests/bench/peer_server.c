/* peer_server.c - the benchmark's UDP server: as little as a program of lesson 2 can be.
 *
 *     peer_server ADDRESS PORT [ANSWER [ACK]]
 *
 * Answers each datagram with ANSWER to its sender, for ever; whoever started it
 * kills it. A datagram that says ACK is the last word of an exchange and is not
 * answered: else a fourth message, or an ICMP error, would follow by chance. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_server(const char *address, const char *port)
{
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (s < 0 || inet_pton(AF_INET, address, &name.sin_addr) != 1 ||
	    bind(s, (struct sockaddr *)&name, sizeof name) < 0) {
		fprintf(stderr, "peer_server: cannot bind %s:%s: %m\n", address, port);
		exit(1);
	}
	return s;
}

static int answer_one(int s, const char *answer, const char *ack)
{
	char question[2048];
	struct sockaddr_in sender;
	socklen_t size = sizeof sender;
	ssize_t length = recvfrom(s, question, sizeof question, 0, (struct sockaddr *)&sender, &size);

	if (length < 0)
		return -1;
	if ((size_t)length == strlen(ack) && memcmp(question, ack, (size_t)length) == 0)
		return 0;
	return sendto(s, answer, strlen(answer), 0, (struct sockaddr *)&sender, size) < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	int s;

	if (argc < 3 || argc > 5) {
		fputs("usage: peer_server ADDRESS PORT [ANSWER [ACK]]\n", stderr);
		return 2;
	}
	s = open_server(argv[1], argv[2]);
	while (answer_one(s, argc > 3 ? argv[3] : "thanks", argc > 4 ? argv[4] : "got something") == 0)
		;
	perror("peer_server");
	return 1;
}
