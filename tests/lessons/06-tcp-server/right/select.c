/* right: server.c
 * One process, select() over the listener and all connections.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/select.h>

int main(int argc, char **argv)
{
    struct sockaddr_in me;
    int listener, conn;
    char buf[100];
    fd_set all, ready;
    int asked[FD_SETSIZE] = {0};

    if (argc != 4)
        return 2;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(atoi(argv[2]));
    me.sin_addr.s_addr = inet_addr(argv[1]);
    if (bind(listener, (struct sockaddr *)&me, sizeof(me)) < 0 || listen(listener, 5) < 0) {
        perror("server");
        return 1;
    }
    FD_ZERO(&all);
    FD_SET(listener, &all);
    for (;;) {
        ready = all;
        if (select(FD_SETSIZE, &ready, NULL, NULL, NULL) < 0)
            return 1;
        for (conn = 0; conn < FD_SETSIZE; conn++) {
            if (!FD_ISSET(conn, &ready))
                continue;
            if (conn == listener) {
                int new = accept(listener, NULL, NULL);

                if (new >= 0) {
                    asked[new] = 0;
                    FD_SET(new, &all);
                }
            } else if (recv(conn, buf, sizeof(buf), 0) <= 0) {
                FD_CLR(conn, &all);
                close(conn);
            } else if (!asked[conn]++) {
                send(conn, argv[3], strlen(argv[3]), MSG_NOSIGNAL);
            }
        }
    }
    return 1;
}
