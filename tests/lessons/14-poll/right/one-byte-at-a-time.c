/* right: hub.c
 * Sends and receives single bytes, reads until the end; keeps the
 * rhythm by the clock (clock_nanosleep to a point in time). */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int open_connection(const char *host, const char *port)
{
    struct sockaddr_in sa;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0) {
        perror("socket");
        exit(1);
    }
    memset(&sa, 0, sizeof sa);
    sa.sin_family = AF_INET;
    sa.sin_port = htons((unsigned short)atoi(port));
    if (inet_aton(host, &sa.sin_addr) == 0) {
        fprintf(stderr, "bad address %s\n", host);
        exit(1);
    }
    if (connect(s, (struct sockaddr *)&sa, sizeof sa) < 0) {
        perror("connect");
        exit(1);
    }
    return s;
}

static void ask(const char *host, const char *port, const char *question, char *answer)
{
    int s = open_connection(host, port);
    int yes = 1, n = 0;
    char c;

    if (setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0)
        perror("setsockopt");
    for (; *question != '\0'; question++)
        if (send(s, question, 1, MSG_NOSIGNAL) != 1)
            exit(1);
    while (recv(s, &c, 1, 0) == 1)
        if (c != '\n' && n < 99)
            answer[n++] = c;
    answer[n] = '\0';
    close(s);
}

static void poll_short(const char *host, const char *port, int every_ms)
{
    struct timespec next;
    char answer[100];

    clock_gettime(CLOCK_MONOTONIC, &next);
    for (;;) {
        ask(host, port, "GET /events\n", answer);
        if (strcmp(answer, "none") != 0)
            break;
        next.tv_nsec += every_ms * 1000000L;
        next.tv_sec += next.tv_nsec / 1000000000;
        next.tv_nsec %= 1000000000;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
    puts(answer);
}

static void poll_long(const char *host, const char *port)
{
    char answer[100];

    ask(host, port, "GET /wait\n", answer);
    printf("event: %s\n", answer);
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "short") == 0) {
        poll_short(argv[2], argv[3], atoi(argv[4]));
    } else if (argc == 4 && strcmp(argv[1], "long") == 0) {
        poll_long(argv[2], argv[3]);
    } else {
        fprintf(stderr, "usage: hub short ADDRESS PORT EVERY_MS | hub long ADDRESS PORT\n");
        return 2;
    }
    return 0;
}
