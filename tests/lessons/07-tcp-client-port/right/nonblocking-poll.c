/* right: client.c
 * A socket that never blocks: connect() says EINPROGRESS and poll()
 * says when to go on. Port 0 means no bind() at all. Ends with
 * shutdown() and waits for the other end before close(). */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void wait_for(int s, short what)
{
    struct pollfd p = { .fd = s, .events = what };

    if (poll(&p, 1, -1) < 0) {
        perror("poll");
        exit(1);
    }
}

static int open_from(unsigned short my_port)
{
    struct sockaddr_in me = { .sin_family = AF_INET, .sin_port = htons(my_port) };
    int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int yes = 1;

    if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0)
        return -1;
    if (my_port != 0 && bind(s, (struct sockaddr *)&me, sizeof me) != 0)
        return -1;
    return s;
}

int main(int argc, char **argv)
{
    struct sockaddr_in to = { .sin_family = AF_INET };
    char answer[1024];
    int error = 0, s;
    socklen_t length = sizeof error;
    ssize_t n;

    if (argc != 5) {
        printf("usage: client ADDRESS PORT MY_PORT QUESTION\n");
        return 2;
    }
    s = open_from((unsigned short)atoi(argv[3]));
    if (s < 0) {
        perror("client");
        return 1;
    }
    to.sin_port = htons((unsigned short)atoi(argv[2]));
    inet_pton(AF_INET, argv[1], &to.sin_addr);
    if (connect(s, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS) {
        perror("connect");
        return 1;
    }
    wait_for(s, POLLOUT);
    if (getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0) {
        fprintf(stderr, "connect: %s\n", strerror(error));
        return 1;
    }
    if (send(s, argv[4], strlen(argv[4]), MSG_NOSIGNAL) < 0) {
        perror("send");
        return 1;
    }
    wait_for(s, POLLIN);
    n = recv(s, answer, sizeof answer - 1, 0);
    if (n > 0)
        printf("%.*s\n", (int)n, answer);
    shutdown(s, SHUT_WR);
    wait_for(s, POLLIN); /* the other side's end */
    n = recv(s, answer, sizeof answer, 0);
    close(s);
    return n == 0 ? 0 : 1;
}
