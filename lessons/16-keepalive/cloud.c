/* cloud.c - the cloud of this lesson. It is complete: read it, run it, leave it.
 *
 *     cloud tcp ADDRESS PORT MILLISECONDS EVENT
 *     cloud udp ADDRESS PORT MILLISECONDS EVENT
 *
 * Somebody says his name. So many milliseconds later there is news for him: EVENT.
 * Whatever he says in between is taken as a sign of life. One caller, then it ends. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int open_cloud(int type, const char *address, unsigned short port)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(port) };
    int yes = 1;
    int s = socket(AF_INET, type, 0);

    if (s < 0 || inet_pton(AF_INET, address, &here.sin_addr) != 1)
        return -1;
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0
        || bind(s, (struct sockaddr *)&here, sizeof here) != 0
        || (type == SOCK_STREAM && listen(s, 5) != 0))
        return -1;
    return s;
}

static long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* A datagram; or with TCP a line, in however many pieces it comes, with its newline.
 * Its length; 0 or -1: there is none. */
static ssize_t take(int s, int tcp, char *text, size_t room, struct sockaddr_in *from, socklen_t *size)
{
    size_t have = 0;
    ssize_t n;

    if (!tcp)
        return recvfrom(s, text, room, 0, (struct sockaddr *)from, size);
    while (have < room && (n = recv(s, text + have, 1, 0)) == 1)
        if (text[have++] == '\n')
            break;
    return (ssize_t)have;
}

/* Takes what comes until UNTIL; remembers where it came from. 0 when the other side has gone. */
static int listen_until(int s, int tcp, long until, struct sockaddr_in *from, socklen_t *size)
{
    struct pollfd ready = { .fd = s, .events = POLLIN };
    char sign[1000];
    ssize_t n;
    long left;

    while ((left = until - now()) > 0) {
        printf("cloud: %ld ms\n", left);
        fflush(stdout);
        if (poll(&ready, 1, left < 500 ? (int)left : 500) <= 0)
            continue;
        n = recvfrom(s, sign, sizeof sign, 0, (struct sockaddr *)from, size);
        if (n < 0 || (n == 0 && tcp)) /* an empty datagram is a sign of life too */
            return 0;
    }
    return 1;
}

int main(int argc, char **argv)
{
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    char name[1000], line[1000];
    ssize_t named = -1, n;
    int tcp, s, length;

    if (argc != 6) {
        fprintf(stderr, "usage: cloud tcp|udp ADDRESS PORT MILLISECONDS EVENT\n");
        return 2;
    }
    tcp = strcmp(argv[1], "tcp") == 0;
    s = open_cloud(tcp ? SOCK_STREAM : SOCK_DGRAM, argv[2], (unsigned short)atoi(argv[3]));
    if (s >= 0 && tcp)
        s = accept(s, NULL, NULL);
    if (s >= 0)
        named = take(s, tcp, name, sizeof name, &from, &size);
    if (named <= 0) {
        perror("cloud");
        return 1;
    }
    if (!listen_until(s, tcp, now() + atol(argv[4]), &from, &size))
        return 1;
    length = snprintf(line, sizeof line, tcp ? "%s\n" : "%s", argv[5]);
    if (tcp ? send(s, line, (size_t)length, MSG_NOSIGNAL) < 0
            : sendto(s, line, (size_t)length, 0, (struct sockaddr *)&from, size) < 0)
        perror("send");
    /* The answer, if there is one (his name once more is none, nor is an empty line); then the end. */
    do
        n = take(s, tcp, line, sizeof line, &from, &size);
    while ((n > 0 && n == named && memcmp(line, name, (size_t)n) == 0) || (n == 1 && line[0] == '\n'));
    return n > 0 ? 0 : 1;
}
