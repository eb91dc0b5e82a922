/* server.c - a server of this lesson. It is complete: read it, leave it.
 *
 *     server ADDRESS PORT ANSWER
 *
 * answers each caller once, one after the other. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_listener(const char *address, int port)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0 || inet_pton(AF_INET, address, &here.sin_addr) != 1
        || bind(s, (struct sockaddr *)&here, sizeof(here)) < 0 || listen(s, 16) < 0) {
        perror("server");
        exit(1);
    }
    return s;
}

int main(int argc, char **argv)
{
    char bytes[1024];
    int caller, listener;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    listener = open_listener(argv[1], atoi(argv[2]));
    while ((caller = accept(listener, NULL, NULL)) >= 0) {
        if (recv(caller, bytes, sizeof(bytes), 0) > 0 && send(caller, argv[3], strlen(argv[3]), MSG_NOSIGNAL) < 0)
            perror("send");
        while (recv(caller, bytes, sizeof(bytes), 0) > 0) {
            /* until the caller has ended */
        }
        close(caller);
    }
    perror("accept");
    return 1;
}
