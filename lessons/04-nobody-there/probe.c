/* probe.c - lesson 04: is anybody there?
 *
 *     probe ADDRESS MS CLERK CLERK_PORT QUESTION PORT...
 *
 * sends QUESTION to each PORT of ADDRESS, waits at most MS milliseconds, and
 * tells the clerk: "PORT answered", "PORT refused" or "PORT silent". */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* Returns a UDP socket that is connected to ADDRESS, PORT; or -1. */
int open_to(const char *address, int port)
{
    /* TODO(1): a socket; the address in a struct; connect. */
    (void)address, (void)port; /* only keeps the compiler quiet: delete it */
    return -1;
}

/* Says that recv may wait at most MS milliseconds. Returns 0, or -1. */
int set_patience(int s, int ms)
{
    /* TODO(2): SO_RCVTIMEO. */
    (void)s, (void)ms;
    return -1;
}

/* Sends QUESTION once. Returns "answered", "refused" or "silent". */
const char *probe(int s, const char *question)
{
    /* TODO(3): send, then recv. If recv fails: why? */
    (void)s, (void)question;
    return "silent";
}

int main(int argc, char **argv)
{
    int clerk, s, i;
    char text[64];

    if (argc < 7) {
        fprintf(stderr, "usage: probe ADDRESS MS CLERK CLERK_PORT QUESTION PORT...\n");
        return 2;
    }
    clerk = open_to(argv[3], atoi(argv[4]));
    for (i = 6; i < argc; i++) {
        s = open_to(argv[1], atoi(argv[i]));
        if (clerk < 0 || s < 0 || set_patience(s, atoi(argv[2])) < 0) {
            perror("probe");
            return 1;
        }
        snprintf(text, sizeof(text), "%s %s", argv[i], probe(s, argv[5]));
        if (send(clerk, text, strlen(text), 0) < 0) {
            perror("probe: the clerk");
            return 1;
        }
        close(s);
    }
    return 0;
}
