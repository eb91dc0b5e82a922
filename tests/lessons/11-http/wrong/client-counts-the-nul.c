/* wrong: client.c -> length-too-large
 * Believed: a text has one byte more than letters, the one at its end. */
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
/* Sends a request, receives the answer; its body goes into BODY. TEXT is the request's body, or NULL.
 * HOST is "ADDRESS:PORT". Returns the answer's number (200, 404, ...), or -1. */
int ask(int s, const char *host, const char *method, const char *path, const char *text, char *body)
{
    char request[2 * SIZE], header[SIZE];
    int length, status;

    if (text == NULL)
        length = snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: %s\r\n\r\n", method, path, host);
    else
        length = snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %zu\r\n\r\n%s",
                          method, path, host, strlen(text) + 1, text);
    if (length < 0 || (size_t)length >= sizeof request || send_all(s, request, (size_t)length) != 0)
        return -1;
    if (read_header(s, header, sizeof header) != 1 || sscanf(header, "HTTP/%*s %d", &status) != 1)
        return -1;
    if (read_body(s, body, SIZE, content_length(header)) != 0)
        return -1;
    return status;
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
