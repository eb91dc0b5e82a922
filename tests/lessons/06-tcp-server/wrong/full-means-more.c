/* wrong: server.c -> both-wait
 * Believed: a full buffer says that there is more to come.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a socket that listens at ADDRESS, PORT; or -1 if that failed. */
int open_listener(const char *address, unsigned short port)
{
    struct sockaddr_in name;
    int s;

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    if (inet_pton(AF_INET, address, &name.sin_addr) != 1) {
        fprintf(stderr, "server: %s is no IPv4 address\n", address);
        return -1;
    }
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) {
        perror("socket");
        return -1;
    }
    /* Up to 16 connections may wait for our accept(). */
    if (bind(s, (struct sockaddr *)&name, sizeof(name)) < 0 || listen(s, 16) < 0) {
        perror("bind or listen");
        close(s);
        return -1;
    }
    return s;
}

/* The talk with one client, on the socket of its connection. */
static void talk(int conn, const char *answer)
{
    char bytes[12];
    ssize_t n;

    do
        n = recv(conn, bytes, sizeof(bytes), 0);
    while (n == (ssize_t)sizeof(bytes));

    if (n < 0)
        perror("recv");
    if (n <= 0)
        return; /* the client left without a question */
    printf("server: \"%.*s\"\n", (int)n, bytes);

    /* MSG_NOSIGNAL: a client that has left must not end the whole server (SIGPIPE, see signal(7)). */
    if (send(conn, answer, strlen(answer), MSG_NOSIGNAL) < 0) {
        perror("send");
        return;
    }
    while (recv(conn, bytes, sizeof(bytes), 0) > 0) {
        /* recv() returns 0 when the client has closed; what it says until then is not for us */
    }
}

/* Serves one client from the beginning to the end.
 * Returns 0 to go on with the next client, -1 to end the server. */
int serve_one(int listener, const char *answer)
{
    int conn = accept(listener, NULL, NULL);

    if (conn < 0) {
        perror("accept");
        return -1;
    }
    talk(conn, answer);
    close(conn); /* this connection only: the listener stays */
    return 0;
}

int main(int argc, char **argv)
{
    int port = argc == 4 ? atoi(argv[2]) : 0;
    int listener;

    if (port < 1 || port > 65535) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    listener = open_listener(argv[1], (unsigned short)port);
    if (listener < 0) {
        fprintf(stderr, "server: no socket to listen at\n");
        return 1;
    }
    while (serve_one(listener, argv[3]) == 0) {
        /* and the next one */
    }
    return 1;
}
