/* client.c - lesson 11: an HTTP client.
 *
 *     client ADDRESS PORT FROM        gets what is at FROM, and prints it
 *     client ADDRESS PORT FROM TO     and moves it to TO */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SIZE 4000 /* for a header, for a body */

/* Opens a connection to ADDRESS:PORT. Returns the socket, or -1. */
int call_server(const char *address, unsigned short port)
{
    struct sockaddr_in server;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&server, 0, sizeof server);
    server.sin_family = AF_INET;
    server.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &server.sin_addr) != 1 ||
        connect(s, (struct sockaddr *)&server, sizeof server) != 0) {
        perror("client");
        return -1;
    }
    return s;
}

/* Receives a header into HEADER: all bytes up to and with the empty line.
 * Returns 1; 0 when the other side has closed before it; -1 on an error. */
int read_header(int s, char *header, size_t size)
{
    (void)s, (void)header, (void)size; /* such lines only keep the compiler quiet: delete them */

    /* TODO(1): one byte at a time, until the last four are "\r\n\r\n". */

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

    /* TODO(2): receive until LENGTH bytes are there: no fewer, and no more. */

    return length == 0 ? 0 : -1;
}
/* Sends a request, receives the answer; its body goes into BODY. TEXT is the request's body, or NULL.
 * HOST is "ADDRESS:PORT". Returns the answer's number (200, 404, ...), or -1. */
int ask(int s, const char *host, const char *method, const char *path, const char *text, char *body)
{
    (void)s, (void)host, (void)method, (void)path, (void)text, (void)body;
    (void)read_header, (void)content_length, (void)read_body;

    /* TODO(3): make the request with snprintf(), send it. */
    /* TODO(4): receive the header, then as much body as it says; find the number in the first line. */

    return -1;
}

int main(int argc, char **argv)
{
    char host[100], body[SIZE], nothing[SIZE];
    int s, status;

    if (argc != 4 && argc != 5) {
        fprintf(stderr, "usage: client ADDRESS PORT FROM [TO]\n");
        return 2;
    }
    snprintf(host, sizeof host, "%s:%s", argv[1], argv[2]);
    s = call_server(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0)
        return 1;
    status = ask(s, host, "GET", argv[3], NULL, body);
    if (status == 200)
        printf("%s\n", body);
    if (status == 200 && argc == 5)
        status = ask(s, host, "POST", argv[4], body, nothing);
    if (status == 200 && argc == 5)
        status = ask(s, host, "DELETE", argv[3], NULL, nothing);
    close(s);
    return status == 200 ? 0 : 1;
}
