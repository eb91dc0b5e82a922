/* right: server.c
 * epoll, edge triggered, on a non-blocking socket that is emptied each time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <fcntl.h>
#include <sys/epoll.h>

int main(int argc, char **argv)
{
    struct sockaddr_in me;
    ssize_t n;
    struct sockaddr_in from;
    socklen_t len;
    char buf[500];
    struct epoll_event want, got;
    int ep;
    int s;

    if (argc != 4) {
        fprintf(stderr, "Usage: %s ADDRESS PORT ANSWER\n", argv[0]);
        return 2;
    }
    s = socket(AF_INET, SOCK_DGRAM, 0);
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(atoi(argv[2]));
    me.sin_addr.s_addr = inet_addr(argv[1]);
    if (bind(s, (struct sockaddr *)&me, sizeof(me)) < 0) {
        perror("bind");
        return 1;
    }
    fcntl(s, F_SETFL, O_NONBLOCK);
    ep = epoll_create1(0);
    want.events = EPOLLIN | EPOLLET;
    want.data.fd = s;
    epoll_ctl(ep, EPOLL_CTL_ADD, s, &want);
    while (epoll_wait(ep, &got, 1, -1) > 0) {
        for (;;) {
            len = sizeof(from);
            n = recvfrom(s, buf, sizeof(buf), 0, (struct sockaddr *)&from, &len);
            if (n < 0)
                break;
            sendto(s, argv[3], strlen(argv[3]), 0, (struct sockaddr *)&from, len);
        }
    }
    return 1;
}
