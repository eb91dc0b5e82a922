/* wrong: server.c -> length-too-small
 * Believed: send() takes the buffer, and Content-Length does the rest.
 */
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
/* Sends an answer: STATUS is "200 OK" or "404 Not Found". Returns 0, or -1. */
int answer(int conn, const char *status, const char *body)
{
    char response[2 * SIZE];

    memset(response, 0, sizeof response);
    snprintf(response, sizeof response, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s",
             status, strlen(body), body);
    return send_all(conn, response, sizeof response);
}

/* Takes one request and answers it. Returns 0, or -1 when there are no more on this connection. */
int serve_request(int conn, const char *path)
{
    char header[SIZE], body[SIZE], method[20], asked[1000];

    if (read_header(conn, header, sizeof header) != 1 ||
        sscanf(header, "%19s %999s", method, asked) != 2 ||
        read_body(conn, body, sizeof body, content_length(header)) != 0)
        return -1;
    if (strcmp(asked, path) == 0 && strcmp(method, "POST") == 0) {
        memcpy(text, body, sizeof text);
        there = 1;
        return answer(conn, "200 OK", "");
    }
    if (strcmp(asked, path) != 0 || !there)
        return answer(conn, "404 Not Found", "");
    if (strcmp(method, "DELETE") == 0) {
        there = 0;
        return answer(conn, "200 OK", "");
    }
    return answer(conn, "200 OK", text);
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
