/* client.c - lesson 08: a client that reads lines.
 *
 *     client ADDRESS PORT QUESTION GOT
 *
 * sends QUESTION and a newline to ADDRESS:PORT; to each line that comes it
 * answers with a line: GOT, a space, and what came. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Opens a connection to ADDRESS:PORT, as in lesson 07. Returns the socket, or -1. */
int call(const char *address, unsigned short port)
{
    struct sockaddr_in name;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &name.sin_addr) != 1
        || connect(s, (struct sockaddr *)&name, sizeof(name)) != 0) {
        perror("connect");
        return -1;
    }
    return s;
}

/* Sends all COUNT bytes. Returns 0, or -1. */
int send_all(int s, const char *bytes, size_t count)
{
    /* TODO(1): send, and send again what send() did not take. */
    (void)s, (void)bytes, (void)count; /* such lines only keep the compiler quiet: delete them */
    return -1;
}

/* Puts the next line into LINE, which has room for SIZE bytes, without its newline
 * and with a 0 byte behind it. Returns 1; 0 when no more will come; -1 on an error. */
int read_line(int s, char *line, size_t size)
{
    /* TODO(2): receive until the newline, and not a byte more. */
    (void)s, (void)line, (void)size;
    return -1;
}

/* Asks, then says to each line what it got. Returns 0 when the server has closed, else -1. */
int talk(int s, const char *question, const char *got)
{
    /* TODO(3): send the question as a line. */
    /* TODO(4): for each line that comes, send GOT, a space and the line as a line. */
    (void)send_all, (void)read_line, (void)s, (void)question, (void)got;
    return -1;
}

int main(int argc, char **argv)
{
    int s, result;

    if (argc != 5) {
        fprintf(stderr, "usage: client ADDRESS PORT QUESTION GOT\n");
        return 2;
    }
    s = call(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0)
        return 1;
    result = talk(s, argv[3], argv[4]);
    close(s);
    return result == 0 ? 0 : 1;
}
