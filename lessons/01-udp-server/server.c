/* server.c - lesson 01: a UDP server.
 *
 *     server ADDRESS PORT ANSWER
 *
 * waits at ADDRESS, PORT and sends ANSWER to everybody who asks.
 * README.md explains every call that you need. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a socket whose name is ADDRESS, PORT; or -1 if that failed. */
int open_server(const char *address, unsigned short port)
{
    /* TODO(1): make a UDP socket. */
    /* TODO(2): write ADDRESS and PORT into a struct sockaddr_in and bind the
     * socket to it. Then return the socket. */
    (void)address; /* these two lines only keep the compiler quiet: */
    (void)port;    /* delete them */
    return -1;
}

/* Waits for one question and sends ANSWER to where it came from.
 * Returns 0 to go on with the next question, -1 to end the server. */
int answer_one(int s, const char *answer)
{
    /* TODO(3): receive a question, and with it the address of its sender. */
    /* TODO(4): send ANSWER to that address: its letters and nothing else. */
    (void)s;
    (void)answer;
    return -1;
}

int main(int argc, char **argv)
{
    int port = argc == 4 ? atoi(argv[2]) : 0;
    int s;

    if (port < 1 || port > 65535) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    s = open_server(argv[1], (unsigned short)port);
    if (s < 0) {
        fprintf(stderr, "server: no socket to wait at\n");
        return 1;
    }
    while (answer_one(s, argv[3]) == 0) {
        /* and the next one */
    }
    return 1;
}
