/* server.c - lesson 10: a server for several callers at once.
 *
 *     server ADDRESS PORT ANSWER STOP
 *
 * sends ANSWER to whatever a caller says, as often as he says something. Who says
 * STOP is not answered: then nobody new is let in, and the server ends when all
 * callers have left. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALLERS 100 /* at most, at once */

enum { LEFT, STAYS, STOPS }; /* what a caller did */

/* A socket that listens at ADDRESS, PORT, as in lesson 06; or -1. */
int open_listener(const char *address, unsigned short port)
{
    struct sockaddr_in name;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &name.sin_addr) != 1
        || bind(s, (struct sockaddr *)&name, sizeof(name)) != 0 || listen(s, 16) != 0) {
        perror("open_listener");
        return -1;
    }
    return s;
}

/* CALLER is ready: receives once, and sends ANSWER. Returns LEFT when he has closed
 * (or there was an error), STOPS when he said STOP, else STAYS. */
int answer_one(int caller, const char *answer, const char *stop)
{
    /* TODO(1): one recv(). What came: the end, STOP, or a question? */
    (void)caller, (void)answer, (void)stop; /* such lines only keep the compiler quiet: delete them */
    return LEFT;
}

/* Serves callers until one has said STOP and all have left. Returns 0, or -1. */
int serve(int listener, const char *answer, const char *stop)
{
    /* TODO(2): wait until the listener or one of the callers is ready. */
    /* TODO(3): the listener is ready: accept, and remember the new caller. */
    /* TODO(4): a caller is ready: answer_one(); if he left or said STOP, close him. */
    (void)answer_one, (void)listener, (void)answer, (void)stop;
    return -1;
}

int main(int argc, char **argv)
{
    int listener;

    if (argc != 5) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER STOP\n");
        return 2;
    }
    listener = open_listener(argv[1], (unsigned short)atoi(argv[2]));
    if (listener < 0)
        return 1;
    return serve(listener, argv[3], argv[4]) == 0 ? 0 : 1;
}
