/* peer.c - lesson 05: one of two equal sides.
 *
 *     peer ADDRESS PORT HIS_ADDRESS HIS_PORT PING PONG begin|wait
 *
 * owns ADDRESS, PORT. "begin": says PING to the other side when a line is typed.
 * In any case it answers PONG to each PING that comes, for ever. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Fills in a name, as in lesson 01. Returns 0, or -1. */
int make_name(struct sockaddr_in *name, const char *address, const char *port)
{
    memset(name, 0, sizeof(*name));
    name->sin_family = AF_INET;
    name->sin_port = htons((unsigned short)atoi(port));
    return inet_pton(AF_INET, address, &name->sin_addr) == 1 ? 0 : -1;
}

/* Waits until somebody types a line: the sign to begin. */
void wait_for_go(void)
{
    int c;

    while ((c = getchar()) != EOF && c != '\n') {
        /* what is typed does not matter */
    }
}

/* Returns a UDP socket that owns the name MINE; or -1. */
int open_peer(const struct sockaddr_in *mine)
{
    /* TODO(1): make a socket and bind it. */
    (void)mine; /* such lines only keep the compiler quiet: delete them */
    return -1;
}

/* Sends TEXT to the other peer. Returns 0, or -1. */
int say(int s, const char *text, const struct sockaddr_in *his)
{
    /* TODO(2): one datagram. */
    (void)s, (void)text, (void)his;
    return -1;
}

/* The talk, for ever. Returns -1 when something failed. */
int talk(int s, const struct sockaddr_in *his, const char *ping, const char *pong, int begins)
{
    /* TODO(3): if you are to begin: wait_for_go(), then say PING. */
    /* TODO(4): receive for ever; to PING say PONG. */
    (void)wait_for_go, (void)say, (void)s, (void)his, (void)ping, (void)pong, (void)begins;
    return -1;
}

int main(int argc, char **argv)
{
    struct sockaddr_in mine, his;
    int s;

    if (argc != 8 || make_name(&mine, argv[1], argv[2]) != 0 || make_name(&his, argv[3], argv[4]) != 0) {
        fprintf(stderr, "usage: peer ADDRESS PORT HIS_ADDRESS HIS_PORT PING PONG begin|wait\n");
        return 2;
    }
    s = open_peer(&mine);
    if (s < 0)
        return 1;
    return talk(s, &his, argv[5], argv[6], strcmp(argv[7], "begin") == 0) == 0 ? 0 : 1;
}
