/* hub.c - finds out by which name the world knows it, and tells the office.
 *
 *     hub MY_PORT MIRROR MIRROR_PORT OFFICE OFFICE_PORT QUESTION */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a UDP socket with port MY_PORT, of any own address; or -1. */
int open_hub(unsigned short my_port)
{
    (void)my_port; /* such lines only keep the compiler quiet: delete them */

    /* TODO(4): socket() and bind() with INADDR_ANY, as in lesson 02. */

    return -1;
}

/* Sends TEXT to ADDRESS, PORT and waits for the answer, which it writes into ANSWER
 * (room: SIZE bytes) as a C string. Returns 0, or -1. */
int ask(int s, const char *address, unsigned short port, const char *text, char *answer, size_t size)
{
    (void)s, (void)address, (void)port, (void)text, (void)answer, (void)size;

    /* TODO(5): sendto() and recvfrom(), as in lesson 02. */

    return -1;
}

/* Finds out by which name the mirror sees S, and tells it the office. Returns 0, or -1. */
int introduce(int s, char **where, const char *question)
{
    const char *mirror = where[0], *office = where[2];
    unsigned short mirror_port = (unsigned short)atoi(where[1]), office_port = (unsigned short)atoi(where[3]);

    (void)ask, (void)s, (void)mirror, (void)mirror_port, (void)office, (void)office_port, (void)question;

    /* TODO(6): ask the mirror the question. Its answer is your name: that is what you
     * say to the office. Print what the office answers. */

    return -1;
}

int main(int argc, char **argv)
{
    int s;

    if (argc != 7) {
        fprintf(stderr, "usage: hub MY_PORT MIRROR MIRROR_PORT OFFICE OFFICE_PORT QUESTION\n");
        return 2;
    }
    s = open_hub((unsigned short)atoi(argv[1]));
    if (s < 0)
        return 1;
    return introduce(s, argv + 2, argv[6]) == 0 ? 0 : 1;
}
