/* server.c - lesson 06: a TCP server.
 *
 *     server ADDRESS PORT ANSWER
 *
 * waits for connections at ADDRESS, PORT; to each it listens once, sends ANSWER,
 * waits until the client has closed, and closes too. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a socket that listens at ADDRESS, PORT; or -1 if that failed. */
int open_listener(const char *address, unsigned short port)
{
    /* TODO(1): make a TCP socket and bind it, as in lesson 01. */
    /* TODO(2): let it listen. */
    (void)address; /* such lines only keep the compiler quiet: delete them */
    (void)port;
    return -1;
}

/* Serves one client from the beginning to the end.
 * Returns 0 to go on with the next client, -1 to end the server. */
int serve_one(int listener, const char *answer)
{
    /* TODO(3): accept a connection: that gives you another socket. */
    /* TODO(4): receive the question, send ANSWER. */
    /* TODO(5): wait until the client has closed, then close the connection. */
    (void)listener;
    (void)answer;
    return -1;
}

int main(int argc, char **argv)
{
    int port = argc == 4 ? atoi(argv[2]) : 0;
    int listener;

    if (port < 1 || port > 65535) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    listener = open_listener(argv[1], (unsigned short)port);
    if (listener < 0) {
        fprintf(stderr, "server: no socket to listen at\n");
        return 1;
    }
    while (serve_one(listener, argv[3]) == 0) {
        /* and the next one */
    }
    return 1;
}
