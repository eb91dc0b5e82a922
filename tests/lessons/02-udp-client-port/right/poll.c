/* right: client.c
 * A non-blocking socket and poll(), and answers from strangers are not taken.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int open_client(int my_port)
{
    struct sockaddr_in me = {.sin_family = AF_INET, .sin_port = htons((unsigned short)my_port)};
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    if (s < 0)
        fail("socket");
    if (my_port != 0 && bind(s, (struct sockaddr *)&me, sizeof(me)) < 0)
        fail("bind");
    return s;
}

static void tell(int s, const struct sockaddr_in *to, const char *text)
{
    struct pollfd room = {.fd = s, .events = POLLOUT};

    while (sendto(s, text, strlen(text), 0, (const struct sockaddr *)to, sizeof(*to)) < 0) {
        if (errno != EAGAIN || poll(&room, 1, -1) < 0)
            fail("sendto");
    }
}

static void hear(int s, const struct sockaddr_in *server)
{
    struct pollfd news = {.fd = s, .events = POLLIN};
    struct sockaddr_in from = {.sin_port = 0};
    socklen_t size = sizeof(from);
    char answer[1024];
    ssize_t n = 0;

    while (from.sin_port != server->sin_port || from.sin_addr.s_addr != server->sin_addr.s_addr) {
        if (poll(&news, 1, -1) < 0)
            fail("poll");
        n = recvfrom(s, answer, sizeof(answer), 0, (struct sockaddr *)&from, &size);
        if (n < 0 && errno != EAGAIN)
            fail("recvfrom");
    }
    printf("client: \"%.*s\"\n", (int)n, answer);
}

int main(int argc, char **argv)
{
    struct sockaddr_in server = {.sin_family = AF_INET};
    int s;

    if (argc != 6) {
        fprintf(stderr, "usage: client ADDRESS PORT MY_PORT QUESTION THANKS\n");
        return 2;
    }
    server.sin_port = htons((unsigned short)atoi(argv[2]));
    server.sin_addr.s_addr = inet_addr(argv[1]);
    s = open_client(atoi(argv[3]));
    tell(s, &server, argv[4]);
    hear(s, &server);
    tell(s, &server, argv[5]);
    return 0;
}
