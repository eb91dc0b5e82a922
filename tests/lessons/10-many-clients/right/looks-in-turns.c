/* right: server.c
 * No call waits: it asks each socket in turn whether there is something, and sleeps for some milliseconds in between.
 * That wastes time, and is right.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CALLERS 100

static int listen_at(const char *address, const char *port)
{
    struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port)) };
    int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    if (inet_pton(AF_INET, address, &name.sin_addr) == 1 && bind(s, (struct sockaddr *)&name, sizeof name) == 0 &&
        listen(s, 5) == 0)
        return s;
    perror("server");
    exit(1);
}

int main(int argc, char **argv)
{
    struct timespec pause = { 0, 20000000 };
    int listener, callers[CALLERS], count = 0;

    if (argc != 5) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER STOP\n");
        return 2;
    }
    listener = listen_at(argv[1], argv[2]);
    while (listener >= 0 || count > 0) {
        int caller = listener < 0 || count == CALLERS ? -1 : accept(listener, NULL, NULL);

        if (caller >= 0) {
            fcntl(caller, F_SETFL, O_NONBLOCK);
            callers[count++] = caller;
        }
        for (int i = count - 1; i >= 0; i--) {
            char question[1000];
            ssize_t n = recv(callers[i], question, sizeof question - 1, 0);

            if (n < 0 && errno == EAGAIN)
                continue;
            question[n > 0 ? n : 0] = '\0';
            if (n > 0 && strcmp(question, argv[4]) != 0) {
                send(callers[i], argv[3], strlen(argv[3]), MSG_NOSIGNAL);
                continue;
            }
            if (n > 0 && listener >= 0) {
                close(listener);
                listener = -1;
            }
            close(callers[i]);
            callers[i] = callers[--count];
        }
        nanosleep(&pause, NULL);
    }
    return 0;
}
