/* hub.c - lesson 15: a hub that is called.
 *
 *     hub CLOUD PORT PUBLIC HOOK
 *
 * says to the cloud at CLOUD:PORT that it can be called at PUBLIC:HOOK, and waits there. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SIZE 4000 /* for a header, for a body */

/* Three functions of lesson 11: take your own, if you like. */

/* Receives a header into HEADER: all bytes up to and with the empty line.
 * Returns 1; 0 when the other side has closed before it; -1 on an error. */
int read_header(int s, char *header, size_t size)
{
    size_t length = 0;

    while (length + 1 < size) {
        ssize_t n = recv(s, header + length, 1, 0);

        if (n <= 0)
            return (int)n;
        length++;
        header[length] = '\0';
        if (length >= 4 && strcmp(header + length - 4, "\r\n\r\n") == 0)
            return 1;
    }
    return -1; /* too long */
}

/* The number of the header's line "Content-Length: NUMBER"; 0 when there is none. */
size_t content_length(const char *header)
{
    const char *line = strcasestr(header, "\r\nContent-Length:"); /* in any case: Length, length, LENGTH */
    long number = line == NULL ? 0 : atol(line + 17);

    return number < 0 ? 0 : (size_t)number;
}

/* Receives the LENGTH bytes of a body, and puts a '\0' behind them. Returns 0, or -1. */
int read_body(int s, char *body, size_t size, size_t length)
{
    size_t have = 0;

    if (length >= size)
        return -1;
    while (have < length) {
        ssize_t n = recv(s, body + have, length - have, 0);

        if (n <= 0)
            return -1;
        have += (size_t)n;
    }
    body[have] = '\0';
    return 0;
}

/* Opens a connection to ADDRESS:PORT. Returns the socket, or -1. */
int call(const char *address, unsigned short port)
{
    struct sockaddr_in to;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1 ||
        connect(s, (struct sockaddr *)&to, sizeof to) != 0) {
        perror("connect");
        close(s);
        return -1;
    }
    return s;
}

/* Returns a socket that listens at port HOOK of this host, or -1. */
int open_hook(unsigned short hook)
{
    (void)hook; /* such lines only keep the compiler quiet: delete them */

    /* TODO(1): as in lesson 06, at INADDR_ANY. */

    return -1;
}

/* Tells the cloud where this hub can be called. Returns 0, or -1. */
int register_callback(const char *cloud, const char *port, const char *public, const char *hook)
{
    (void)port, (void)public, (void)hook, (void)read_header;

    /* TODO(2): call() the cloud, POST "PUBLIC:HOOK" to /callbacks, read the answer's header, close. */

    printf("%s knows nothing of this hub\n", cloud);
    return 0;
}

/* Takes one event from CONN, prints it, answers. Returns 0, or -1 when no more comes. */
int take_event(int conn)
{
    (void)conn, (void)content_length, (void)read_body;

    /* TODO(3): receive header and body, print the body. */
    /* TODO(4): answer "204 No Content": a first line, an empty line, and that is all. */

    return -1;
}

int main(int argc, char **argv)
{
    int listener, conn;

    if (argc != 5) {
        fprintf(stderr, "usage: hub CLOUD PORT PUBLIC HOOK\n");
        return 2;
    }
    listener = open_hook((unsigned short)atoi(argv[4]));
    if (listener < 0 || register_callback(argv[1], argv[2], argv[3], argv[4]) != 0)
        return 1;
    while ((conn = accept(listener, NULL, NULL)) >= 0) {
        while (take_event(conn) == 0) {
            /* and the next one, if it comes on the same connection */
        }
        close(conn);
    }
    return 1;
}
