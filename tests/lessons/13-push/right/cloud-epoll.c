/* right: cloud.c
 * epoll over the listener, the hub and the keyboard; signals come as a file (signalfd).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

static int ep;

static void watch(int fd)
{
    struct epoll_event want;

    want.events = EPOLLIN;
    want.data.fd = fd;
    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &want); /* a plain file as standard input cannot be watched; read at once then */
}

/* Reads a line, which may come in pieces, or the end. */
static void hear(int hub)
{
    char c = 0;

    while (c != '\n' && recv(hub, &c, 1, 0) == 1)
        ;
}

int main(int argc, char **argv)
{
    struct sockaddr_in here;
    struct epoll_event got;
    char event[500];
    int listener, hub = -1, on = 1, signals;
    ssize_t n;
    sigset_t set;

    if (argc != 3)
        return 2;
    ep = epoll_create1(0);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signals = signalfd(-1, &set, 0);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    memset(&here, 0, sizeof here);
    here.sin_family = AF_INET;
    here.sin_port = htons(atoi(argv[2]));
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 1)) {
        perror("cloud");
        return 1;
    }
    watch(signals);
    watch(listener);
    while (epoll_wait(ep, &got, 1, -1) == 1) {
        if (got.data.fd == signals)
            return 0;
        if (got.data.fd == listener) {
            hub = accept(listener, NULL, NULL);
            watch(hub);
            hear(hub); /* its name */
            watch(STDIN_FILENO);
        } else if (got.data.fd == STDIN_FILENO) {
            n = read(STDIN_FILENO, event, sizeof event);
            if (n <= 0) { /* nobody types any more; the hub may still speak */
                epoll_ctl(ep, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
                continue;
            }
            send(hub, event, (size_t)n, MSG_NOSIGNAL);
        } else {
            hear(hub); /* its ok, or its end */
            close(hub);
        }
    }
    return 1;
}
