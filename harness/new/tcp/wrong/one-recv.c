/* wrong: server.c -> piece-as-line
 * Believed: one recv() brings one message.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a socket that listens at ADDRESS, PORT; or -1 if that failed. */
static int open_listener(const char *address, unsigned short port)
{
    struct sockaddr_in name;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &name.sin_addr) != 1 ||
        bind(s, (struct sockaddr *)&name, sizeof(name)) < 0 || listen(s, 16) < 0) {
        perror("open_listener");
        return -1;
    }
    return s;
}

/* Receives one name from the connection, up to its newline, and sends GREETING, a blank, the name and a newline.
 * Returns 0, or -1 if the client left without a name. */
static int greet(int conn, const char *greeting)
{
    char name[512], answer[1024];
    ssize_t n = recv(conn, name, sizeof(name), 0);
    int length;

    if (n <= 0)
        return -1;
    n -= name[n - 1] == '\n';
    length = snprintf(answer, sizeof(answer), "%s %.*s\n", greeting, (int)n, name);
    if (length >= (int)sizeof(answer))
        return -1;
    return send(conn, answer, (size_t)length, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* One client, from the beginning to the end. */
static void serve(int conn, const char *greeting)
{
    char rest[64];

    if (greet(conn, greeting) == 0) {
        while (recv(conn, rest, sizeof(rest), 0) > 0) {
            /* until the client has closed */
        }
    }
    close(conn);
}

int main(int argc, char **argv)
{
    int port = argc == 4 ? atoi(argv[2]) : 0;
    int listener, conn;

    if (port < 1 || port > 65535) {
        fprintf(stderr, "usage: server ADDRESS PORT GREETING\n");
        return 2;
    }
    listener = open_listener(argv[1], (unsigned short)port);
    if (listener < 0)
        return 1;
    while ((conn = accept(listener, NULL, NULL)) >= 0)
        serve(conn, argv[3]);
    perror("accept");
    return 1;
}
