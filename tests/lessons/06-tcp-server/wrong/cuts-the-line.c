/* wrong: server.c -> crashed
 * Believed: strchr() finds the newline, for there always is one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    struct sockaddr_in me;
    int listener, conn;
    char buf[1000];
    ssize_t n;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    listener = socket(AF_INET, SOCK_STREAM, 0);
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(atoi(argv[2]));
    me.sin_addr.s_addr = inet_addr(argv[1]);
    if (bind(listener, (struct sockaddr *)&me, sizeof(me)) < 0 || listen(listener, 5) < 0) {
        perror("server");
        return 1;
    }
    while ((conn = accept(listener, NULL, NULL)) >= 0) {
        char *end;

        n = recv(conn, buf, sizeof(buf) - 1, 0);
        buf[n > 0 ? n : 0] = '\0';
        end = strchr(buf, '\n');
        *end = '\0';
        printf("%s\n", buf);
        send(conn, argv[3], strlen(argv[3]), 0);
        while (recv(conn, buf, sizeof(buf), 0) > 0)
            ;
        close(conn);
    }
    perror("accept");
    return 1;
}
