/* wrong: hub.c -> wrong-way
 * The cloud has the news, so the cloud calls; whoever gets calls is
 * a server: bind, listen, accept. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_in me;
    int l, c, yes = 1;
    char buf[500];
    ssize_t n;

    if (argc != 5) {
        fprintf(stderr, "usage: hub ADDRESS PORT NAME OK\n");
        return 2;
    }
    l = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    memset(&me, 0, sizeof me);
    me.sin_family = AF_INET;
    me.sin_port = htons((unsigned short)atoi(argv[2]));
    me.sin_addr.s_addr = INADDR_ANY;
    if (bind(l, (struct sockaddr *)&me, sizeof me) != 0) {
        perror("bind");
        return 1;
    }
    listen(l, 1);

    c = accept(l, NULL, NULL);
    if (c < 0) {
        perror("accept");
        return 1;
    }
    snprintf(buf, sizeof buf, "%s\n", argv[3]);
    send(c, buf, strlen(buf), 0);
    while ((n = recv(c, buf, sizeof buf, 0)) > 0) {
        snprintf(buf, sizeof buf, "%s\n", argv[4]);
        send(c, buf, strlen(buf), 0);
    }
    close(c);
    return 0;
}
