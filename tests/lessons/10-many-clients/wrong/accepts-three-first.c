/* wrong: server.c -> one-at-a-time
 * Believed: first all callers come in, then one is served after the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

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
    int callers[3];

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
    for (int i = 0; i < 3; i++)
        callers[i] = accept(listener, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        conn = callers[i];
        talk(conn);
        close(conn);
    }
    return 0;
}
