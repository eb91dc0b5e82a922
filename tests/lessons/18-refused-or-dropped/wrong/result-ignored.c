/* wrong: probe.c -> outcome-not-asked
 * Believes that connect() always connects: it does not look at what it returns. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Calls ADDRESS, PORT. Returns the socket, or -1. */
int start_call(const char *address, unsigned short port)
{
    struct timeval limit = {0, 200000};
    struct sockaddr_in to;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1)
        return -1;
    setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    connect(s, (struct sockaddr *)&to, sizeof(to));
    return s;
}

const char *wait_for_answer(int s, int ms)
{
    (void)ms;
    return s < 0 ? "silent" : "open";
}

/* Sends "PORT WORD" to the clerk, over a socket of UDP. Ready to use. */
int tell(int clerk, const char *port, const char *word)
{
    char text[64];
    int length = snprintf(text, sizeof(text), "%s %s", port, word);

    return send(clerk, text, (size_t)length, 0) == length ? 0 : -1;
}

/* A socket of UDP that sends to the clerk. Ready to use. */
int open_clerk(const char *address, int port)
{
    struct sockaddr_in to;
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons((unsigned short)port);
    if (s < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1 ||
        connect(s, (struct sockaddr *)&to, sizeof(to)) < 0)
        return -1;
    return s;
}

int main(int argc, char **argv)
{
    int clerk = argc > 5 ? open_clerk(argv[3], atoi(argv[4])) : -1;
    int s, i;

    if (clerk < 0) {
        fprintf(stderr, "usage: probe ADDRESS MS CLERK CLERK_PORT PORT...\n");
        return 2;
    }
    for (i = 5; i < argc; i++) {
        s = start_call(argv[1], (unsigned short)atoi(argv[i]));
        if (s < 0) {
            perror("probe: cannot call");
            return 1;
        }
        if (tell(clerk, argv[i], wait_for_answer(s, atoi(argv[2]))) < 0) {
            perror("probe: the clerk");
            return 1;
        }
        close(s);
    }
    return 0;
}
