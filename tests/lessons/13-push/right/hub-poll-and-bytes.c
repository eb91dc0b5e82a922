/* right: hub.c
 * Sends byte by byte without delay, and waits with poll() for
 * whatever comes, in blocks; cuts the lines itself. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_cloud(const char *ip, int port)
{
    struct sockaddr_in sa;
    int s;

    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) {
        perror("socket");
        exit(1);
    }
    memset(&sa, 0, sizeof(sa));
    sa.sin_family = AF_INET;
    sa.sin_port = htons((unsigned short)port);
    sa.sin_addr.s_addr = inet_addr(ip);
    if (connect(s, (struct sockaddr *)&sa, sizeof(sa)) < 0) {
        perror("connect");
        exit(1);
    }
    return s;
}

static void send_bytes(int s, const char *text)
{
    for (; *text != '\0'; text++)
        if (send(s, text, 1, MSG_NOSIGNAL) != 1)
            exit(1);
    if (send(s, "\n", 1, MSG_NOSIGNAL) != 1)
        exit(1);
}

int main(int argc, char **argv)
{
    struct pollfd p = { .events = POLLIN };
    char block[64];
    ssize_t n, i;
    int yes = 1;

    if (argc != 5) {
        fprintf(stderr, "usage: hub ADDRESS PORT NAME OK\n");
        return 2;
    }
    p.fd = connect_cloud(argv[1], atoi(argv[2]));
    if (setsockopt(p.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0)
        perror("setsockopt");
    send_bytes(p.fd, argv[3]);
    while (poll(&p, 1, -1) > 0) {
        n = recv(p.fd, block, sizeof block, 0);
        if (n <= 0)
            break;
        for (i = 0; i < n; i++)
            if (block[i] == '\n')
                send_bytes(p.fd, argv[4]);
    }
    close(p.fd);
    return 0;
}
