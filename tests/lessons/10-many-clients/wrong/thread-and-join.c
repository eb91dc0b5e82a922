/* wrong: server.c -> one-at-a-time
 * Believed: with threads everything happens at once. (pthread_join() waits for
 * the thread, so that nothing does.)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <pthread.h>

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

static void *run(void *conn)
{
    talk(*(int *)conn);
    close(*(int *)conn);
    return NULL;
}

int main(int argc, char **argv)
{
    struct sockaddr_in me;
    int listener, conn;
    pthread_t thread;

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
    while ((conn = accept(listener, NULL, NULL)) >= 0) {
        if (pthread_create(&thread, NULL, run, &conn) != 0)
            return 1;
        pthread_join(thread, NULL);
    }
    return 0;
}
