/* client.c - lesson 09: a client that says when it is done.
 *
 *     client ADDRESS PORT TEXT...
 *
 * sends each TEXT as a line to ADDRESS:PORT, says that there is no more, and
 * prints all that the server answers. */
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

/* Sends all COUNT bytes, as in lesson 08. Returns 0, or -1. */
int send_all(int s, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t n = send(s, bytes, count, MSG_NOSIGNAL);

        if (n < 0) {
            perror("send");
            return -1;
        }
        bytes += n;
        count -= (size_t)n;
    }
    return 0;
}

/* Sends COUNT texts, each with a newline behind it. Returns 0, or -1. */
int say_all(int s, char **texts, int count)
{
    /* TODO(1): send them. */
    (void)send_all, (void)s, (void)texts, (void)count; /* only for the compiler: delete such lines */
    return -1;
}

/* Tells the server that no more will come, and can still receive. Returns 0, or -1. */
int say_done(int s)
{
    /* TODO(2): end your direction. */
    (void)s;
    return -1;
}

/* Prints what comes, until the server has ended its direction. Returns 0, or -1. */
int print_answer(int s)
{
    /* TODO(3): receive and print, until recv() says that it was all. */
    (void)s;
    return -1;
}

int main(int argc, char **argv)
{
    int s;

    if (argc < 4) {
        fprintf(stderr, "usage: client ADDRESS PORT TEXT...\n");
        return 2;
    }
    s = call(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0 || say_all(s, argv + 3, argc - 3) != 0 || say_done(s) != 0 || print_answer(s) != 0)
        return 1;
    close(s);
    return 0;
}
