/* wrong: balancer.c -> next-not-tried
 * Believed: a turn is over when somebody has taken it. */#include <arpa/inet.h>
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
    struct sockaddr_in there;

    for (int tries = 0; tries < 2; tries++) {
        int s = prepare(workers[turn], port, &there);

        if (s >= 0 && connect(s, (struct sockaddr *)&there, sizeof there) == 0) {
            turn = 1 - turn;
            return s;
        }
        perror("connect");
        if (s >= 0)
            close(s);
    }
    return -1;
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

/* Joins CALLER and WORKER until both have said fin, or one is gone. */
void join(int caller, int worker)
{
    struct pollfd both[2] = {{.fd = caller, .events = POLLIN}, {.fd = worker, .events = POLLIN}};
    int open = 2; /* directions */

    while (open > 0 && poll(both, 2, -1) > 0) {
        for (int i = 0; i < 2; i++) {
            int result = both[i].revents == 0 ? 1 : copy_some(i == 0 ? caller : worker, i == 0 ? worker : caller);

            if (result < 0)
                return;
            if (result == 0) {
                both[i].fd = -1; /* poll() leaves a negative one alone */
                open--;
            }
        }
    }
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
