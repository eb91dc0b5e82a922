/* right: server.c
 * One poll() loop for the listener and up to 15 connections, nothing blocks.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct pollfd sockets[16]; /* [0] is the listener; fd -1 = free */
static int answered[16];

static void greet(void)
{
    int conn = accept4(sockets[0].fd, NULL, NULL, SOCK_NONBLOCK);

    for (int i = 1; conn >= 0 && i < 16; i++) {
        if (sockets[i].fd < 0) {
            sockets[i].fd = conn;
            answered[i] = 0;
            return;
        }
    }
    if (conn >= 0)
        close(conn); /* full */
}

static void talk(int i, const char *answer)
{
    char bytes[1024];
    ssize_t n = recv(sockets[i].fd, bytes, sizeof(bytes), 0);

    if (n > 0 && !answered[i]) {
        answered[i] = 1;
        if (send(sockets[i].fd, answer, strlen(answer), MSG_NOSIGNAL) < 0)
            perror("send");
    } else if (n <= 0) {
        close(sockets[i].fd);
        sockets[i].fd = -1;
    }
}

static int open_listener(const char *address, unsigned short port)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
    int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    name.sin_addr.s_addr = inet_addr(address);
    if (s < 0 || bind(s, (struct sockaddr *)&name, sizeof(name)) < 0 || listen(s, 16) < 0) {
        perror("open_listener");
        exit(1);
    }
    return s;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    for (int i = 0; i < 16; i++)
        sockets[i] = (struct pollfd){.fd = -1, .events = POLLIN};
    sockets[0].fd = open_listener(argv[1], (unsigned short)atoi(argv[2]));
    while (poll(sockets, 16, -1) >= 0) {
        if (sockets[0].revents)
            greet();
        for (int i = 1; i < 16; i++) {
            if (sockets[i].fd >= 0 && sockets[i].revents)
                talk(i, argv[3]);
        }
    }
    perror("poll");
    return 1;
}
