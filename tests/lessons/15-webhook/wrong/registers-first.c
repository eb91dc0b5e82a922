/* wrong: hub.c -> called-too-early
 * Believed: nobody calls before I am registered, so there is time to listen then.
 */
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
    struct sockaddr_in here;
    int yes = 1, s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&here, 0, sizeof here);
    here.sin_family = AF_INET;
    here.sin_port = htons(hook);
    here.sin_addr.s_addr = htonl(INADDR_ANY); /* whichever of its addresses it is called at */
    if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(s, (struct sockaddr *)&here, sizeof here) != 0 || listen(s, 5) != 0) {
        perror("hook");
        return -1;
    }
    return s;
}

/* Tells the cloud where this hub can be called. Returns 0, or -1. */
int register_callback(const char *cloud, const char *port, const char *public, const char *hook)
{
    char callback[200], request[1000], header[SIZE];
    int status = 0, s = call(cloud, (unsigned short)atoi(port));

    if (s < 0)
        return -1;
    snprintf(callback, sizeof callback, "%s:%s", public, hook);
    snprintf(request, sizeof request, "POST /callbacks HTTP/1.1\r\nHost: %s:%s\r\nContent-Length: %zu\r\n\r\n%s",
             cloud, port, strlen(callback), callback);
    send(s, request, strlen(request), MSG_NOSIGNAL);
    if (read_header(s, header, sizeof header) == 1)
        sscanf(header, "HTTP/%*s %d", &status);
    close(s);
    return status == 201 ? 0 : -1;
}

/* Takes one event from CONN, prints it, answers. Returns 0, or -1 when no more comes. */
int take_event(int conn)
{
    static const char answer[] = "HTTP/1.1 204 No Content\r\n\r\n";
    char header[SIZE], event[SIZE];

    if (read_header(conn, header, sizeof header) != 1 ||
        read_body(conn, event, sizeof event, content_length(header)) != 0)
        return -1;
    printf("%s\n", event);
    return send(conn, answer, strlen(answer), MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
    int listener, conn;

    if (argc != 5) {
        fprintf(stderr, "usage: hub CLOUD PORT PUBLIC HOOK\n");
        return 2;
    }
    if (register_callback(argv[1], argv[2], argv[3], argv[4]) != 0)
        return 1;
    listener = open_hook((unsigned short)atoi(argv[4]));
    if (listener < 0)
        return 1;
    while ((conn = accept(listener, NULL, NULL)) >= 0) {
        while (take_event(conn) == 0) {
            /* and the next one, if it comes on the same connection */
        }
        close(conn);
    }
    return 1;
}
