/* cloud.c - the cloud of this lesson. It is complete: read it, run it, leave it.
 *
 *     cloud ADDRESS PORT EMPTY EVENT
 *
 * "GET /events" is answered at once: "none" the first EMPTY times, then EVENT.
 * "GET /wait" is answered with EVENT after a quarter of a second, as if it had
 * happened just then. One connection an answer; the cloud closes first. It
 * serves one hub at a time (lesson 10 shows how to serve two). */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int open_listener(const char *address, unsigned short port)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(port) };
    int yes = 1;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0 || inet_pton(AF_INET, address, &here.sin_addr) != 1)
        return -1;
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0
        || bind(s, (struct sockaddr *)&here, sizeof here) != 0 || listen(s, 16) != 0)
        return -1;
    return s;
}

/* One line without its newline. 1, or 0 when the hub went or the line is too long. */
static int read_line(int hub, char *line, size_t size)
{
    size_t length;

    for (length = 0; length < size && recv(hub, line + length, 1, 0) == 1; length++) {
        if (line[length] == '\n') {
            line[length] = '\0';
            return 1;
        }
    }
    return 0;
}

static void answer(int hub, const char *text)
{
    char line[1000];
    int length = snprintf(line, sizeof line, "%s\n", text);

    if (length < (int)sizeof line && send(hub, line, (size_t)length, MSG_NOSIGNAL) != length)
        perror("send");
}

/* Says that there is no more to come, and waits until the hub has closed too. */
static void finish(int hub)
{
    char rest[100];

    shutdown(hub, SHUT_WR);
    while (recv(hub, rest, sizeof rest, 0) > 0)
        ;
    close(hub);
}

int main(int argc, char **argv)
{
    const struct timespec quarter = { .tv_nsec = 250 * 1000 * 1000 };
    char question[100];
    int empty, hub, listener;

    if (argc != 5) {
        fprintf(stderr, "usage: cloud ADDRESS PORT EMPTY EVENT\n");
        return 2;
    }
    empty = atoi(argv[3]);
    listener = open_listener(argv[1], (unsigned short)atoi(argv[2]));
    while (listener >= 0 && (hub = accept(listener, NULL, NULL)) >= 0) {
        if (read_line(hub, question, sizeof question)) {
            if (strcmp(question, "GET /wait") == 0) {
                nanosleep(&quarter, NULL);
                answer(hub, argv[4]);
            } else if (strcmp(question, "GET /events") == 0) {
                answer(hub, empty-- > 0 ? "none" : argv[4]);
            }
        }
        finish(hub);
    }
    perror("cloud");
    return 1;
}
