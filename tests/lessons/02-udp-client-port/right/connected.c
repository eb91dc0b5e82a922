/* right: client.c
 * connect() on a UDP socket: no packet, but from then on send() and recv() do,
 * and the kernel throws away what others send.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in name(const char *address, const char *port)
{
    struct sockaddr_in n = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};

    if (inet_pton(AF_INET, address, &n.sin_addr) != 1) {
        fprintf(stderr, "client: %s is no IPv4 address\n", address);
        exit(1);
    }
    return n;
}

static void need(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in me, server;
    socklen_t size = sizeof(me);
    char answer[1024];
    ssize_t n;
    int s;

    if (argc != 6) {
        fprintf(stderr, "usage: client ADDRESS PORT MY_PORT QUESTION THANKS\n");
        return 2;
    }
    me = name("0.0.0.0", argv[3]); /* port 0: bind() lets the kernel choose */
    server = name(argv[1], argv[2]);
    need(s = socket(AF_INET, SOCK_DGRAM, 0), "socket");
    need(bind(s, (struct sockaddr *)&me, sizeof(me)), "bind");
    need(connect(s, (struct sockaddr *)&server, sizeof(server)), "connect");
    need((int)send(s, argv[4], strlen(argv[4]), 0), "send");
    need((int)(n = recv(s, answer, sizeof(answer), 0)), "recv");
    need((int)send(s, argv[5], strlen(argv[5]), 0), "send");
    need(getsockname(s, (struct sockaddr *)&me, &size), "getsockname");
    printf("client: port %d, \"%.*s\"\n", ntohs(me.sin_port), (int)n, answer);
    close(s);
    return 0;
}
