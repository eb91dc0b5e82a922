/* right: cloud.c
 * An IPv6 socket that takes IPv4 too (::ffff:ADDRESS), a block at a
 * time, shutdown() before close(). */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int listener(const char *ip, const char *port)
{
    struct sockaddr_in6 sa = { .sin6_family = AF_INET6 };
    char mapped[64];
    int one = 1, off = 0;
    int fd = socket(AF_INET6, SOCK_STREAM, 0);

    snprintf(mapped, sizeof mapped, "::ffff:%s", ip);
    sa.sin6_port = htons((unsigned short)atoi(port));
    if (inet_pton(AF_INET6, mapped, &sa.sin6_addr) != 1)
        exit(2);
    if (fd < 0 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0
        || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0
        || bind(fd, (struct sockaddr *)&sa, sizeof sa) != 0 || listen(fd, 1) != 0) {
        perror("cloud");
        exit(1);
    }
    return fd;
}

/* A line, however many pieces it comes in; nothing follows it here. */
static ssize_t recv_line(int fd, char *buf, size_t max)
{
    size_t have = 0;

    while (have < max && (have == 0 || buf[have - 1] != '\n')) {
        ssize_t n = recv(fd, buf + have, max - have, 0);

        if (n <= 0)
            return n;
        have += (size_t)n;
    }
    return (ssize_t)have;
}

int main(int argc, char **argv)
{
    char name[200], event[200], answer[200];
    int fd, hub;

    if (argc != 3) {
        fprintf(stderr, "usage: cloud ADDRESS PORT\n");
        return 2;
    }
    fd = listener(argv[1], argv[2]);
    while ((hub = accept(fd, NULL, NULL)) >= 0) {
        if (recv_line(hub, name, sizeof name) <= 0)
            break;
        if (fgets(event, sizeof event, stdin) == NULL)
            break;
        if (send(hub, event, strlen(event), MSG_NOSIGNAL) < 0)
            perror("send");
        recv_line(hub, answer, sizeof answer);
        shutdown(hub, SHUT_WR);
        while (recv(hub, answer, sizeof answer, 0) > 0)
            ;
        close(hub);
    }
    return 0;
}
