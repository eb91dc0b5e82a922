/* server.c - lesson 11: an HTTP server that has one text, at one path.
 *
 *     server ADDRESS PORT PATH TEXT */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SIZE 4000 /* for a header, for a body */

static char text[SIZE]; /* what is at PATH */
static int there = 1;   /* 0 when it was deleted */

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
        perror("server");
        return -1;
    }
    return s;
}

/* Receives a header into HEADER: all bytes up to and with the empty line.
 * Returns 1; 0 when the other side has closed before it; -1 on an error. */
int read_header(int s, char *header, size_t size)
{
    (void)s, (void)header, (void)size; /* such lines only keep the compiler quiet: delete them */

    /* TODO(5): as in client.c. */

    return -1;
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
    (void)s, (void)body, (void)size;

    /* TODO(6): as in client.c. */

    return length == 0 ? 0 : -1;
}
/* Sends an answer: STATUS is "200 OK" or "404 Not Found". Returns 0, or -1. */
int answer(int conn, const char *status, const char *body)
{
    (void)conn, (void)status, (void)body;

    /* TODO(7): the first line, Content-Length, an empty line, the body. */

    return -1;
}

/* Takes one request and answers it. Returns 0, or -1 when there are no more on this connection. */
int serve_request(int conn, const char *path)
{
    (void)conn, (void)path, (void)there;
    (void)read_header, (void)content_length, (void)read_body, (void)answer;

    /* TODO(8): receive a header, and as much body as it says. */
    /* TODO(9): method and path are the first two words of the header. Do what they ask, and answer. */

    return -1;
}

int main(int argc, char **argv)
{
    int listener, conn;

    if (argc != 5) {
        fprintf(stderr, "usage: server ADDRESS PORT PATH TEXT\n");
        return 2;
    }
    snprintf(text, sizeof text, "%s", argv[4]);
    listener = open_listener(argv[1], (unsigned short)atoi(argv[2]));
    while (listener >= 0 && (conn = accept(listener, NULL, NULL)) >= 0) {
        while (serve_request(conn, argv[3]) == 0) {
            /* and the next one, on the same connection */
        }
        close(conn);
    }
    return 1;
}
