/* wrong: server.c -> still-listening
 * Believed: close() makes accept() in another thread return, and nobody is let in any more.
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
static int callers, door;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t someone_left = PTHREAD_COND_INITIALIZER;

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

static void *run(void *argument)
{
    int conn = (int)(long)argument;

    if (talk(conn) == 1)
        close(door);
    close(conn);
    pthread_mutex_lock(&lock);
    callers--;
    pthread_cond_signal(&someone_left);
    pthread_mutex_unlock(&lock);
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
        pthread_mutex_lock(&lock);
        callers++;
        pthread_mutex_unlock(&lock);
        door = listener;
        if (pthread_create(&thread, NULL, run, (void *)(long)conn) != 0)
            return 1;
        pthread_detach(thread);
    }
    pthread_mutex_lock(&lock);
    while (callers > 0)
        pthread_cond_wait(&someone_left, &lock);
    pthread_mutex_unlock(&lock);
    return 0;
}
