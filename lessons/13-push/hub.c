/* hub.c - the box at home: calls the cloud, then does what the cloud says.
 *
 *     hub ADDRESS PORT NAME OK */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Opens a connection to ADDRESS:PORT. Returns the socket, or -1. */
int call_cloud(const char *address, unsigned short port)
{
    (void)address, (void)port; /* such lines only keep the compiler quiet: delete them */

    /* TODO(1): socket() and connect(), as in lesson 07. No bind(). */

    return -1;
}

/* Sends TEXT and a newline. Returns 0, or -1. */
int send_line(int s, const char *text)
{
    (void)s, (void)text;

    /* TODO(2): send them. */

    return -1;
}

/* Receives one line into LINE, without its newline.
 * Returns 1; 0 when the other side has closed; -1 on an error. */
int read_line(int s, char *line, size_t size)
{
    (void)s, (void)line, (void)size;

    /* TODO(3): receive byte by byte until the newline: slow, and simple. */

    return -1;
}

/* Gives NAME, then answers OK to each line that comes, until the cloud closes. */
int obey(int s, const char *name, const char *ok)
{
    (void)send_line, (void)read_line, (void)s, (void)name, (void)ok;

    /* TODO(4): one line out; then, for each line that comes, print it and send OK. */

    return -1;
}

int main(int argc, char **argv)
{
    int s, result;

    if (argc != 5) {
        fprintf(stderr, "usage: hub ADDRESS PORT NAME OK\n");
        return 2;
    }
    s = call_cloud(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0)
        return 1;
    result = obey(s, argv[3], argv[4]);
    close(s);
    return result == 0 ? 0 : 1;
}
