/* pingpong.c - what is measured by bench_calls.py: a client and a server that say one byte to each other,
 * N times, over TCP on loopback, in two processes. The calls between them are all that they do. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void serve(int listener)
{
	char byte;
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		die("accept");
	while (recv(fd, &byte, 1, 0) == 1)
		if (send(fd, &byte, 1, 0) != 1)
			die("send");
	exit(0);
}

static void ask(const struct sockaddr_in *address, long times)
{
	char byte = '?';
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof *address))
		die("connect");
	for (long i = 0; i < times; i++)
		if (send(fd, &byte, 1, 0) != 1 || recv(fd, &byte, 1, 0) != 1)
			die("ask");
	close(fd);
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0), status;
	pid_t server;

	if (listener < 0 || bind(listener, (const struct sockaddr *)&address, size) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&address, &size))
		die("listen");
	server = fork();
	if (server < 0)
		die("fork");
	if (!server)
		serve(listener);
	ask(&address, argc > 1 ? atol(argv[1]) : 1000);
	if (waitpid(server, &status, 0) != server || status)
		return 2;
	return 0;
}
