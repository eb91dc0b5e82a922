/* right: move.c
 * 100 bytes at a time: while its calls are recorded, each send() becomes a packet of its own, with its headers.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Sends SIZE bytes (any will do), then tells the other side that this was all.
 * Returns 0, or -1. */
int send_file(int s, long size)
{
    char bytes[100];
    ssize_t n;

    memset(bytes, 'x', sizeof bytes);
    while (size > 0) {
        n = send(s, bytes, size < (long)sizeof bytes ? (size_t)size : sizeof bytes, MSG_NOSIGNAL);
        if (n < 0) {
            perror("send");
            return -1;
        }
        size -= n; /* send() may take fewer than it was given */
    }
    /* That send() has returned means that the kernel has the bytes, not that they have arrived. */
    return shutdown(s, SHUT_WR);
}

/* Takes bytes until there are no more. Returns how many they were, or -1. */
long take_file(int s)
{
    char bytes[100];
    long taken = 0;
    ssize_t n;

    while ((n = recv(s, bytes, sizeof bytes, 0)) > 0)
        taken += n;
    if (n < 0) {
        perror("recv");
        return -1;
    }
    return taken;
}

/* The sender waits for "got BYTES\n" and prints it; who has taken the file says it.
 * Returns 0, or -1. */
int confirm(int s, int sender, long taken)
{
    char line[64];
    ssize_t n;
    int length;

    if (!sender) {
        length = snprintf(line, sizeof line, "got %ld\n", taken);
        return send(s, line, (size_t)length, MSG_NOSIGNAL) == length ? 0 : -1;
    }
    while ((n = recv(s, line, sizeof line, 0)) > 0)
        printf("%.*s", (int)n, line);
    return (int)n;
}

/* Returns a connection with ADDRESS, PORT: opened from here (CALLS is 1), or from there,
 * and then ADDRESS is our own. -1: that failed. */
int open_connection(int calls, const char *address, unsigned short port)
{
    struct sockaddr_in name;
    int yes = 1, s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &name.sin_addr) != 1)
        return -1;
    if (calls)
        return connect(s, (struct sockaddr *)&name, sizeof name) == 0 ? s : -1;
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0
        || bind(s, (struct sockaddr *)&name, sizeof name) != 0 || listen(s, 1) != 0)
        return -1;
    return accept(s, NULL, NULL);
}

int main(int argc, char **argv)
{
    int sender = argc == 6 && strcmp(argv[4], "send") == 0;
    long taken = 0;
    int s;

    if (argc != 5 && !sender) {
        fprintf(stderr, "usage: move call|wait ADDRESS PORT send BYTES | take\n");
        return 2;
    }
    s = open_connection(strcmp(argv[1], "call") == 0, argv[2], (unsigned short)atoi(argv[3]));
    if (s < 0) {
        perror("open_connection");
        return 1;
    }
    if (sender ? send_file(s, atol(argv[5])) < 0 : (taken = take_file(s)) < 0)
        return 1;
    return confirm(s, sender, taken) == 0 ? 0 : 1;
}
