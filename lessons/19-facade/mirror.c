/* mirror.c - tells everybody who asks how it sees him.
 *
 *     mirror ADDRESS PORT */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a UDP socket whose name is ADDRESS, PORT; or -1. */
int open_mirror(const char *address, unsigned short port)
{
    (void)address, (void)port; /* such lines only keep the compiler quiet: delete them */

    /* TODO(1): socket() and bind(), as in lesson 01. */

    return -1;
}

/* Writes NAME into TEXT (room: SIZE bytes), like "203.0.113.1:40001". Returns 0, or -1. */
int write_name(const struct sockaddr_in *name, char *text, size_t size)
{
    (void)name, (void)text, (void)size;

    /* TODO(2): inet_ntop() for the address, ntohs() for the port, snprintf() for both. */

    return -1;
}

/* Waits for one question and answers with the name of who asked. Returns 0, or -1. */
int answer_one(int s)
{
    (void)s, (void)write_name;

    /* TODO(3): recvfrom(), write_name(), and sendto() where the question came from. */

    return -1;
}

int main(int argc, char **argv)
{
    int s;

    if (argc != 3) {
        fprintf(stderr, "usage: mirror ADDRESS PORT\n");
        return 2;
    }
    s = open_mirror(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0)
        return 1;
    while (answer_one(s) == 0) {
        /* and the next one */
    }
    return 1;
}
