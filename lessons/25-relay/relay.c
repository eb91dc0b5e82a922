/* relay.c - the meeting point: whoever calls is joined with the next one who calls.
 *
 *     relay ADDRESS PORT */
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

/* Takes what has come from FROM and sends it to TO; an end is passed on as an end.
 * Returns 1; 0 when FROM has said fin; -1 when one of the two is gone. */
int copy_some(int from, int to)
{
    (void)from, (void)to;

    /* TODO(1): one recv(); then send all of it (with MSG_NOSIGNAL), or shutdown(). */

    return -1;
}

/* Joins A and B until both have said fin, or one is gone. */
void join(int a, int b)
{
    (void)a, (void)b, (void)copy_some;

    /* TODO(2): poll() says which of the two has something; copy it to the other one. */
    /* TODO(3): who has said fin is polled no more; when both have, it is over. */
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
