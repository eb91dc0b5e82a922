/* right: server.c
 * The kernel keeps the list.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/epoll.h>

int main(int argc, char **argv)
{
    struct sockaddr_in me;
    int listener, conn;
    struct epoll_event ready;
    int many, callers = 0;
    char buf[1000];

    if (argc != 5) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER STOP\n");
        return 2;
    }
    listener = socket(AF_INET, SOCK_STREAM, 0);
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(atoi(argv[2]));
    me.sin_addr.s_addr = inet_addr(argv[1]);
    if (bind(listener, (struct sockaddr *)&me, sizeof(me)) < 0 || listen(listener, 16) < 0) {
        perror("server");
        return 1;
    }
    many = epoll_create1(0);
    ready.events = EPOLLIN;
    ready.data.fd = listener;
    epoll_ctl(many, EPOLL_CTL_ADD, listener, &ready);
    while ((listener >= 0 || callers > 0) && epoll_wait(many, &ready, 1, -1) == 1) {
        ssize_t n;

        if (ready.data.fd == listener) {
            conn = accept(listener, NULL, NULL);
            ready.events = EPOLLIN;
            ready.data.fd = conn;
            epoll_ctl(many, EPOLL_CTL_ADD, conn, &ready);
            callers++;
            continue;
        }
        conn = ready.data.fd;
        n = recv(conn, buf, sizeof(buf) - 1, 0);
        buf[n > 0 ? n : 0] = '\0';
        if (n > 0 && strcmp(buf, argv[4]) != 0) {
            send(conn, argv[3], strlen(argv[3]), MSG_NOSIGNAL);
            continue;
        }
        if (n > 0 && listener >= 0) {
            close(listener);
            listener = -1;
        }
        close(conn);
        callers--;
    }
    return 0;
}
