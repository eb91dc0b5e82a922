/* balancer.c - takes whoever calls, calls one of two workers for him, and joins the two connections.
 *
 *     balancer ADDRESS PORT WORKER-PORT WORKER1 WORKER2 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Fills in a name. Returns a new TCP socket, or -1. */
int prepare(const char *address, unsigned short port, struct sockaddr_in *name)
{
    memset(name, 0, sizeof *name);
    name->sin_family = AF_INET;
    name->sin_port = htons(port);
    return inet_pton(AF_INET, address, &name->sin_addr) == 1 ? socket(AF_INET, SOCK_STREAM, 0) : -1;
}

/* As in lesson 06, with SO_REUSEADDR. Returns the socket, or -1. */
int open_listener(const char *address, unsigned short port)
{
    struct sockaddr_in here;
    int yes = 1, s = prepare(address, port, &here);

    if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(s, (struct sockaddr *)&here, sizeof here) != 0 || listen(s, 5) != 0) {
        perror("balancer");
        return -1;
    }
    return s;
}

/* Calls the worker whose turn it is; if nobody listens there, the other one. Returns the socket, or -1. */
int call_worker(char **workers, unsigned short port)
{
    static int turn; /* 0, 1, 0, 1, ...: kept from call to call */

    /* TODO(1): prepare(), connect(); next time it is the other one's turn. Refused: close, and try him now. */

    (void)workers, (void)port, (void)turn;
    return -1;
}

/* Takes what has come from FROM and sends it to TO; an end is passed on as an end.
 * Returns 1; 0 when FROM has said fin; -1 when one of the two is gone. */
int copy_some(int from, int to)
{
    (void)from, (void)to;

    /* TODO(2): one recv(); then send all of it (with MSG_NOSIGNAL), or shutdown(). */

    return -1;
}

/* Joins CALLER and WORKER until both have said fin, or one is gone. */
void join(int caller, int worker)
{
    (void)caller, (void)worker, (void)copy_some;

    /* TODO(3): poll() says which of the two has something; copy it to the other one. Until both have ended. */
}

int main(int argc, char **argv)
{
    int listener, caller, worker;

    if (argc != 6) {
        fprintf(stderr, "usage: balancer ADDRESS PORT WORKER-PORT WORKER1 WORKER2\n");
        return 2;
    }
    listener = open_listener(argv[1], (unsigned short)atoi(argv[2]));
    while (listener >= 0 && (caller = accept(listener, NULL, NULL)) >= 0) {
        worker = call_worker(argv + 4, (unsigned short)atoi(argv[3]));
        if (worker >= 0) {
            join(caller, worker);
            close(worker);
        }
        close(caller);
    }
    return 1;
}
