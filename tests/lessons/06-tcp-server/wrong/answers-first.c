/* wrong: server.c -> did-not-wait
 * Believed: a connection is a question already; polite servers speak first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>

int main(int argc, char **argv)
{
    struct sockaddr_in me;
    char question[200];
    int listener, conn;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    memset(&me, 0, sizeof me);
    me.sin_family = AF_INET;
    me.sin_port = htons(atoi(argv[2]));
    me.sin_addr.s_addr = inet_addr(argv[1]);

    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&me, sizeof me) < 0) {
        perror("bind");
        return 1;
    }
    listen(listener, 5);

    while ((conn = accept(listener, NULL, NULL)) >= 0) {
        send(conn, argv[3], strlen(argv[3]), 0);
        if (recv(conn, question, sizeof question, 0) > 0)
            printf("a client asked\n");
        while (recv(conn, question, sizeof question, 0) > 0)
            ;
        close(conn);
    }
    perror("accept");
    return 1;
}
