/* client.c - asks one question over TCP, from a port of its own.
 *
 *     client ADDRESS PORT MY_PORT QUESTION
 *
 * MY_PORT 0 means: the kernel shall choose. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Makes a TCP socket that has the port MY_PORT (0: any) on this host.
 * Returns it, or -1. */
int open_from(unsigned short my_port)
{
    (void)my_port; /* such lines only keep the compiler quiet: delete them */

    /* TODO(1): make a TCP socket. */

    /* TODO(2): allow its port to be used again (SO_REUSEADDR). */

    /* TODO(3): bind it to MY_PORT. */

    return -1;
}

/* Calls ADDRESS:PORT, sends QUESTION, waits for the answer and closes.
 * ANSWER has room for SIZE bytes, the NUL at its end included.
 * Returns 0, or -1 when something failed. */
int call(const char *address, unsigned short port, unsigned short my_port,
         const char *question, char *answer, size_t size)
{
    int s = open_from(my_port);

    if (s < 0)
        return -1;
    (void)address, (void)port, (void)question, (void)answer, (void)size;

    /* TODO(4): connect to ADDRESS:PORT. */

    /* TODO(5): send QUESTION, then receive the answer. */

    /* TODO(6): close, and return 0. */

    return -1;
}

int main(int argc, char **argv)
{
    char answer[1024];

    if (argc != 5) {
        fprintf(stderr, "usage: client ADDRESS PORT MY_PORT QUESTION\n");
        return 2;
    }
    if (call(argv[1], (unsigned short)atoi(argv[2]), (unsigned short)atoi(argv[3]),
             argv[4], answer, sizeof answer) != 0) {
        fprintf(stderr, "client: the call did not work\n");
        return 1;
    }
    printf("%s\n", answer);
    return 0;
}
