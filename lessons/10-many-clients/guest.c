/* guest.c - a caller of this lesson. It is complete: read it, run it, leave it.
 *
 *     guest ADDRESS PORT        says what you type, each line without its newline
 *     guest ADDRESS PORT TEXT   says TEXT and then nothing more ("": nothing at all)
 *
 * It prints what comes, until the server hangs up; and it waits for two things at
 * once, the keyboard and the server, with poll(). */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int call(const char *address, unsigned short port)
{
    struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons(port) };
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0 || inet_pton(AF_INET, address, &name.sin_addr) != 1
        || connect(s, (struct sockaddr *)&name, sizeof name) != 0) {
        perror("guest");
        return -1;
    }
    return s;
}

/* What was typed, to the server. At the end of the keyboard: that we are done (lesson 09). */
static void say(struct pollfd *keyboard, int s)
{
    char line[1000];
    ssize_t n = read(keyboard->fd, line, sizeof line); /* from a terminal: one line */

    if (n <= 0) {
        shutdown(s, SHUT_WR);
        keyboard->fd = -1; /* poll() passes over it */
        return;
    }
    if (line[n - 1] == '\n')
        n--;
    if (n > 0 && send(s, line, (size_t)n, MSG_NOSIGNAL) != n)
        perror("send");
}

int main(int argc, char **argv)
{
    struct pollfd both[2] = { { .fd = -1, .events = POLLIN }, { .events = POLLIN } };
    char piece[1000];
    ssize_t n = 1;

    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: guest ADDRESS PORT [TEXT]\n");
        return 2;
    }
    both[1].fd = call(argv[1], (unsigned short)atoi(argv[2]));
    if (both[1].fd < 0)
        return 1;
    if (argc == 3)
        both[0].fd = 0; /* the keyboard */
    else if (argv[3][0] != '\0' && send(both[1].fd, argv[3], strlen(argv[3]), MSG_NOSIGNAL) < 0)
        perror("send");
    while (n > 0 && poll(both, 2, -1) > 0) {
        if (both[0].revents)
            say(&both[0], both[1].fd);
        if (both[1].revents) {
            n = recv(both[1].fd, piece, sizeof piece, 0);
            if (n > 0)
                printf("%.*s\n", (int)n, piece);
        }
    }
    close(both[1].fd);
    return 0;
}
