/* wrong: relay.c -> call-failed
 * Believed: a reset is the end of one direction, as a 0 from recv() is.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* As in lesson 06, with SO_REUSEADDR. Returns the socket, or -1. */
int open_listener(const char *address, unsigned short port)
{
    struct sockaddr_in here;
    int yes = 1, s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&here, 0, sizeof here);
    here.sin_family = AF_INET;
    here.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &here.sin_addr) != 1 ||
        setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(s, (struct sockaddr *)&here, sizeof here) != 0 || listen(s, 5) != 0) {
        perror("relay");
        return -1;
    }
    return s;
}

/* Sends all of it: send() may take only a part. */
static int send_all(int s, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = send(s, bytes, length, MSG_NOSIGNAL);

        if (n < 0) {
            perror("send");
            return -1;
        }
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

/* Takes what has come from FROM and sends it to TO; an end is passed on as an end.
 * Returns 1; 0 when FROM has said fin; -1 when one of the two is gone. */
int copy_some(int from, int to)
{
    char bytes[4096];
    ssize_t n = recv(from, bytes, sizeof bytes, 0);

    if (n < 0)
        return -1; /* a reset */
    if (n == 0)
        return shutdown(to, SHUT_WR) == 0 ? 0 : -1;
    return send_all(to, bytes, (size_t)n) == 0 ? 1 : -1;
}

/* Joins A and B until both have said fin, or one is gone. */
void join(int a, int b)
{
    struct pollfd both[2] = {{.fd = a, .events = POLLIN}, {.fd = b, .events = POLLIN}};
    int open = 2; /* directions */

    while (open > 0 && poll(both, 2, -1) > 0) {
        for (int i = 0; i < 2; i++) {
            int result = both[i].revents == 0 ? 1 : copy_some(i == 0 ? a : b, i == 0 ? b : a);

            if (result <= 0) {
                both[i].fd = -1; /* poll() leaves a negative one alone */
                open--;
            }
        }
    }
}

int main(int argc, char **argv)
{
    int listener, a, b;

    if (argc != 3) {
        fprintf(stderr, "usage: relay ADDRESS PORT\n");
        return 2;
    }
    listener = open_listener(argv[1], (unsigned short)atoi(argv[2]));
    while (listener >= 0 && (a = accept(listener, NULL, NULL)) >= 0 && (b = accept(listener, NULL, NULL)) >= 0) {
        join(a, b);
        close(a);
        close(b);
    }
    return 1;
}
