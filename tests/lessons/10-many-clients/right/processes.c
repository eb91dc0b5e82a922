/* right: server.c
 * A process for each caller. Who hears STOP writes a byte into a pipe that the
 * parent waits for, beside the listener.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <poll.h>
#include <sys/wait.h>

static const char *answer, *stop;

/* The whole talk with one caller. 1: he said STOP. */
static int talk(int conn)
{
    char buf[1000];
    ssize_t n;

    while ((n = recv(conn, buf, sizeof(buf) - 1, 0)) > 0) {
        buf[n] = '\0';
        if (strcmp(buf, stop) == 0)
            return 1;
        send(conn, answer, strlen(answer), MSG_NOSIGNAL);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in me;
    int listener, conn;
    int told[2];
    struct pollfd list[2];

    if (argc != 5) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER STOP\n");
        return 2;
    }
    listener = socket(AF_INET, SOCK_STREAM, 0);
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(atoi(argv[2]));
    me.sin_addr.s_addr = inet_addr(argv[1]);
    if (bind(listener, (struct sockaddr *)&me, sizeof(me)) < 0 || listen(listener, 16) < 0) {
        perror("server");
        return 1;
    }
    answer = argv[3];
    stop = argv[4];
    if (pipe(told) != 0)
        return 1;
    list[0].fd = listener;
    list[1].fd = told[0];
    list[0].events = list[1].events = POLLIN;
    while (poll(list, 2, -1) >= 0) {
        if (list[1].revents != 0)
            break;
        conn = accept(listener, NULL, NULL);
        if (fork() == 0) {
            close(listener);
            if (talk(conn) == 1 && write(told[1], "", 1) != 1)
                _exit(1);
            close(conn);
            _exit(0);
        }
        close(conn);
    }
    close(listener);
    while (wait(NULL) > 0)
        ;
    return 0;
}
