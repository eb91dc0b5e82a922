/* right: server.c
 * A child for each client; parent and child each close what is not theirs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <signal.h>

int main(int argc, char **argv)
{
    struct sockaddr_in me;
    int listener, conn;
    char buf[100];

    signal(SIGCHLD, SIG_IGN);

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
    while ((conn = accept(listener, NULL, NULL)) >= 0) {
        if (fork() == 0) {
            close(listener);
            if (recv(conn, buf, sizeof(buf), 0) > 0)
                send(conn, argv[3], strlen(argv[3]), MSG_NOSIGNAL);
            while (recv(conn, buf, sizeof(buf), 0) > 0)
                ;
            _exit(0);
        }
        close(conn);
    }
    return 1;
}
