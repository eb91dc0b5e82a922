/* right: probe.c
 * Does not connect: IP_RECVERR has the kernel pass errors on to any socket. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static struct sockaddr_in last;

/* Returns a UDP socket; where it is to send to is kept for later. */
int open_to(const char *address, int port)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&last, 0, sizeof(last));
    last.sin_family = AF_INET;
    last.sin_port = htons((unsigned short)port);
    if (s < 0 || inet_pton(AF_INET, address, &last.sin_addr) != 1)
        return -1;
    return s;
}

/* Says that recv may wait at most MS milliseconds. Returns 0, or -1. */
int set_patience(int s, int ms)
{
    struct timeval limit;
    int yes = 1;

    if (setsockopt(s, IPPROTO_IP, IP_RECVERR, &yes, sizeof(yes)) < 0)
        return -1;
    limit.tv_sec = ms / 1000;
    limit.tv_usec = ms % 1000 * 1000;
    return setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

/* Sends QUESTION once. Returns "answered", "refused" or "silent". */
const char *probe(int s, const char *question)
{
    char answer[2048];

    if (sendto(s, question, strlen(question), 0, (struct sockaddr *)&last, sizeof(last)) < 0)
        return "refused";
    if (recvfrom(s, answer, sizeof(answer), 0, NULL, NULL) >= 0)
        return "answered";
    return errno == ECONNREFUSED ? "refused" : "silent";
}

int main(int argc, char **argv)
{
    struct sockaddr_in to;
    int clerk, s, i;
    char text[64];

    if (argc < 7) {
        fprintf(stderr, "usage: probe ADDRESS MS CLERK CLERK_PORT QUESTION PORT...\n");
        return 2;
    }
    clerk = open_to(argv[3], atoi(argv[4]));
    to = last;
    for (i = 6; i < argc; i++) {
        s = open_to(argv[1], atoi(argv[i]));
        if (clerk < 0 || s < 0 || set_patience(s, atoi(argv[2])) < 0) {
            perror("probe");
            return 1;
        }
        snprintf(text, sizeof(text), "%s %s", argv[i], probe(s, argv[5]));
        if (sendto(clerk, text, strlen(text), 0, (struct sockaddr *)&to, sizeof(to)) < 0) {
            perror("probe: the clerk");
            return 1;
        }
        close(s);
    }
    return 0;
}
