/* right: client.c
 * Sends and receives single bytes: a stream does not mind how it is cut.
 * Sets SO_REUSEADDR twice and never calls close(): the end of the
 * process closes what is open. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void check(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in to = { .sin_family = AF_INET };
    struct sockaddr_in me = { .sin_family = AF_INET };
    int yes = 1, s;
    size_t i;
    char c;

    if (argc != 5) {
        printf("usage: client ADDRESS PORT MY_PORT QUESTION\n");
        return 2;
    }
    to.sin_port = htons((unsigned short)atoi(argv[2]));
    to.sin_addr.s_addr = inet_addr(argv[1]);
    me.sin_port = htons((unsigned short)atoi(argv[3]));
    s = socket(AF_INET, SOCK_STREAM, 0);
    check(s, "socket");
    check(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt");
    check(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt");
    check(bind(s, (struct sockaddr *)&me, sizeof me), "bind");
    check(connect(s, (struct sockaddr *)&to, sizeof to), "connect");
    for (i = 0; i < strlen(argv[4]); i++)
        check((int)send(s, argv[4] + i, 1, MSG_NOSIGNAL), "send");

    /* The first byte is waited for, the rest is taken as long as some is there. */
    check((int)recv(s, &c, 1, 0), "recv");
    putchar(c);
    while (recv(s, &c, 1, MSG_DONTWAIT) == 1)
        putchar(c);
    putchar('\n');
    return 0;
}
