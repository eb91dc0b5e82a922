/* wrong: peer.c -> did-not-wait
 * Believed: who is not told to begin begins.
 */
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
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (s < 0 || bind(s, (const struct sockaddr *)mine, sizeof(*mine)) != 0) {
        perror("open_peer");
        return -1;
    }
    return s;
}

/* Sends TEXT to the other peer. Returns 0, or -1. */
int say(int s, const char *text, const struct sockaddr_in *his)
{
    if (sendto(s, text, strlen(text), 0, (const struct sockaddr *)his, sizeof(*his)) >= 0)
        return 0;
    perror("sendto");
    return -1;
}

/* The talk, for ever. Returns -1 when something failed. */
int talk(int s, const struct sockaddr_in *his, const char *ping, const char *pong, int begins)
{
    char text[1000];

    if (!begins) {
        usleep(200000);
        wait_for_go();
        if (say(s, ping, his) != 0)
            return -1;
    }
    for (;;) { /* the same for both: a question may come at any time */
        ssize_t n = recvfrom(s, text, sizeof(text), 0, NULL, NULL);

        if (n < 0) {
            perror("recvfrom");
            return -1;
        }
        printf("peer: %.*s\n", (int)n, text);
        if ((size_t)n == strlen(ping) && memcmp(text, ping, (size_t)n) == 0 && say(s, pong, his) != 0)
            return -1;
    }
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
