/* hub.c - asks the cloud whether there is an event, in one of two ways.
 *
 *     hub short ADDRESS PORT EVERY_MS
 *     hub long ADDRESS PORT */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Connects to ADDRESS:PORT, sends QUESTION (its newline is in it), puts the line
 * that comes back into ANSWER without its newline, waits until the cloud has
 * closed, and closes. Returns 0, or -1. */
int ask(const char *address, unsigned short port, const char *question, char *answer, size_t size)
{
    /* such lines only keep the compiler quiet: delete them */
    (void)address, (void)port, (void)question, (void)answer, (void)size;

    /* TODO(1): one connection, one question, one answer. */

    return -1;
}

/* Asks "GET /events" every EVERY_MS milliseconds until the answer is not "none". */
int poll_short(const char *address, unsigned short port, int every_ms)
{
    (void)ask, (void)address, (void)port, (void)every_ms;

    /* TODO(2): ask; if the answer is "none", pause with nanosleep() and ask again. */

    return -1;
}

/* Asks "GET /wait": the cloud answers when there is something. */
int poll_long(const char *address, unsigned short port)
{
    (void)ask, (void)address, (void)port;

    /* TODO(3): ask. As long as the answer is "none", ask again. */

    return -1;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "short") == 0)
        return poll_short(argv[2], (unsigned short)atoi(argv[3]), atoi(argv[4])) == 0 ? 0 : 1;
    if (argc == 4 && strcmp(argv[1], "long") == 0)
        return poll_long(argv[2], (unsigned short)atoi(argv[3])) == 0 ? 0 : 1;
    fprintf(stderr, "usage: hub short ADDRESS PORT EVERY_MS\n"
                    "       hub long ADDRESS PORT\n");
    return 2;
}
