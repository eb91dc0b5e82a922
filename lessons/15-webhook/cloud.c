/* cloud.c - given: takes one hub's registration; then each line typed is an event for it.
 *
 *     cloud ADDRESS PORT [EVENT]
 *
 * With EVENT there is news already: the hub is called as soon as it has said where,
 * before it is told that it is registered. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SIZE 4000

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

/* Calls who can be called at HOST, which is "ADDRESS:PORT", and sends EVENT. Returns the
 * socket, or -1. */
static int call_hook(const char *host, const char *event)
{
    char address[100], request[2 * SIZE];
    unsigned short port;
    int s;

    if (sscanf(host, "%99[^:]:%hu", address, &port) != 2 || (s = call(address, port)) < 0) {
        printf("nobody can be called at %s\n", host);
        return -1;
    }
    snprintf(request, sizeof request, "POST /hook HTTP/1.1\r\nHost: %s\r\nContent-Length: %zu\r\n\r\n%s",
             host, strlen(event), event);
    send(s, request, strlen(request), MSG_NOSIGNAL);
    return s;
}

/* Takes the hub's answer, and hangs up. */
static void hear_hook(int s)
{
    char header[SIZE];

    if (s < 0)
        return;
    if (read_header(s, header, sizeof header) == 1)
        printf("%.20s\n", header);
    close(s);
}

int main(int argc, char **argv)
{
    static const char created[] = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";
    char header[SIZE], host[SIZE] = "", event[SIZE];
    struct sockaddr_in here;
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM, 0), conn, first = -1;

    memset(&here, 0, sizeof here);
    here.sin_family = AF_INET;
    if (argc < 3 || argc > 4 || inet_pton(AF_INET, argv[1], &here.sin_addr) != 1) {
        fprintf(stderr, "usage: cloud ADDRESS PORT [EVENT]\n");
        return 2;
    }
    here.sin_port = htons((unsigned short)atoi(argv[2]));
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(listener, (struct sockaddr *)&here, sizeof here) != 0 || listen(listener, 5) != 0 ||
        (conn = accept(listener, NULL, NULL)) < 0) {
        perror("cloud");
        return 1;
    }
    if (read_header(conn, header, sizeof header) == 1 &&
        read_body(conn, host, sizeof host, content_length(header)) == 0) {
        if (argc == 4)
            first = call_hook(host, argv[3]);
        send(conn, created, strlen(created), MSG_NOSIGNAL);
    }
    read_header(conn, header, sizeof header); /* until the hub has closed */
    close(conn);
    printf("registered: %s\n", host);
    hear_hook(first);
    while (fgets(event, sizeof event, stdin) != NULL) {
        event[strcspn(event, "\n")] = '\0';
        hear_hook(call_hook(host, event));
    }
    return 0;
}
