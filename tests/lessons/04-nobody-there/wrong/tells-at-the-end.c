/* wrong: probe.c -> wrong-order
 * Believed: the clerk may hear of all ports when all have been asked.
 */
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
    struct sockaddr_in to;
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons((unsigned short)port);
    if (s < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1)
        return -1;
    if (connect(s, (struct sockaddr *)&to, sizeof(to)) < 0)
        return -1;
    return s;
}

/* Says that recv may wait at most MS milliseconds. Returns 0, or -1. */
int set_patience(int s, int ms)
{
    struct timeval limit;

    limit.tv_sec = ms / 1000;
    limit.tv_usec = ms % 1000 * 1000;
    return setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

/* Sends QUESTION once. Returns "answered", "refused" or "silent". */
const char *probe(int s, const char *question)
{
    char answer[2048];

    if (send(s, question, strlen(question), 0) < 0)
        return "refused";
    if (recv(s, answer, sizeof(answer), 0) >= 0)
        return "answered";
    return errno == ECONNREFUSED ? "refused" : "silent";
}

int main(int argc, char **argv)
{
    int clerk, s, i;
    const char *word[16];
    char text[64];

    if (argc < 7 || argc > 16) {
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
        word[i] = probe(s, argv[5]);
        close(s);
    }
    for (i = 6; i < argc; i++) {
        snprintf(text, sizeof(text), "%s %s", argv[i], word[i]);
        if (send(clerk, text, strlen(text), 0) < 0) {
            perror("probe: the clerk");
            return 1;
        }
    }
    return 0;
}
