/* ask.c - a client of this lesson. It is complete: read it, leave it.
 *
 *     ask ADDRESS PORT QUESTION FROM MILLISECONDS
 *
 * calls ADDRESS, PORT, asks, and waits for an answer. FROM is the port to bind; with 0 the
 * kernel chooses one. Who has not answered the call after MILLISECONDS is not there. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_socket(int from)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons((unsigned short)from) };
    int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    if (s < 0 || bind(s, (struct sockaddr *)&here, sizeof(here)) < 0) {
        perror("ask");
        exit(1);
    }
    return s;
}

/* 0, or the error: ETIMEDOUT where nobody has answered in time (lesson 18). */
static int call(int s, const char *address, int port, int milliseconds)
{
    struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };
    struct pollfd wait = { .fd = s, .events = POLLOUT };
    socklen_t size = sizeof(int);
    int error = 0;

    if (inet_pton(AF_INET, address, &there.sin_addr) != 1)
        return EINVAL;
    if (connect(s, (struct sockaddr *)&there, sizeof(there)) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    if (poll(&wait, 1, milliseconds) != 1)
        return ETIMEDOUT;
    return getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? errno : error;
}

static void talk(int s, const char *question, int milliseconds)
{
    struct pollfd wait = { .fd = s, .events = POLLIN };
    char bytes[1024];
    ssize_t n = -1;

    if (send(s, question, strlen(question), MSG_NOSIGNAL) < 0)
        perror("send");
    else if (poll(&wait, 1, milliseconds) == 1)
        n = recv(s, bytes, sizeof(bytes), 0);
    printf("ask: %.*s\n", n > 0 ? (int)n : 0, bytes);
}

int main(int argc, char **argv)
{
    int error, milliseconds, s;

    if (argc != 6) {
        fprintf(stderr, "usage: ask ADDRESS PORT QUESTION FROM MILLISECONDS\n");
        return 2;
    }
    milliseconds = atoi(argv[5]);
    s = open_socket(atoi(argv[4]));
    error = call(s, argv[1], atoi(argv[2]), milliseconds);
    if (error)
        printf("ask: %s\n", strerror(error));
    else
        talk(s, argv[3], milliseconds);
    close(s);
    return error != 0;
}
