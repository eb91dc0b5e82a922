/* wrong: server.c -> listen-without-bind
 * Believed: listen() has the port already, it was an argument of the program;
 * bind was a thing of UDP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

int open_listener(const char *address, unsigned short port)
{
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0 || listen(s, 5) < 0) {
        perror("listen");
        return -1;
    }
    printf("listening on %s:%d\n", address, port);
    return s;
}

int serve_one(int listener, const char *answer)
{
    char buf[1024];
    int conn = accept(listener, NULL, NULL);

    if (conn < 0) {
        perror("accept");
        return -1;
    }
    if (recv(conn, buf, sizeof(buf), 0) < 0)
        perror("recv");
    if (send(conn, answer, strlen(answer), 0) < 0)
        perror("send");
    while (recv(conn, buf, sizeof(buf), 0) > 0)
        ;
    close(conn);
    return 0;
}

int main(int argc, char **argv)
{
    int listener;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    listener = open_listener(argv[1], (unsigned short)atoi(argv[2]));
    if (listener < 0)
        return 1;
    while (serve_one(listener, argv[3]) == 0)
        ;
    return 1;
}
