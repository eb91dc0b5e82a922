/* wrong: client.c -> message-too-long
 * Believed: the length of a text counts the NUL at its end; what follows on the connection shows it first.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Opens a connection to ADDRESS:PORT, as in lesson 07. Returns the socket, or -1. */
int call(const char *address, unsigned short port)
{
    struct sockaddr_in name;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &name.sin_addr) != 1
        || connect(s, (struct sockaddr *)&name, sizeof(name)) != 0) {
        perror("connect");
        return -1;
    }
    return s;
}

/* Sends all COUNT bytes, as in lesson 08. Returns 0, or -1. */
int send_all(int s, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t n = send(s, bytes, count, MSG_NOSIGNAL);

        if (n < 0) {
            perror("send");
            return -1;
        }
        bytes += n;
        count -= (size_t)n;
    }
    return 0;
}

/* Sends COUNT texts, each with a newline behind it. Returns 0, or -1. */
int say_all(int s, char **texts, int count)
{
    char line[1000];

    for (int i = 0; i < count; i++) {
        int length = snprintf(line, sizeof(line), "%s\n", texts[i]);

        if (length < 0 || (size_t)length >= sizeof(line) || send_all(s, line, (size_t)length + 1) != 0)
            return -1;
    }
    return 0;
}

/* Tells the server that no more will come, and can still receive. Returns 0, or -1. */
int say_done(int s)
{
    if (shutdown(s, SHUT_WR) == 0)
        return 0;
    perror("shutdown");
    return -1;
}

/* Prints what comes, until the server has ended its direction. Returns 0, or -1. */
int print_answer(int s)
{
    char piece[1000];
    ssize_t n;

    while ((n = recv(s, piece, sizeof(piece), 0)) > 0)
        fwrite(piece, 1, (size_t)n, stdout);
    if (n < 0)
        perror("recv");
    return (int)n;
}

int main(int argc, char **argv)
{
    int s;

    if (argc < 4) {
        fprintf(stderr, "usage: client ADDRESS PORT TEXT...\n");
        return 2;
    }
    s = call(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0 || say_all(s, argv + 3, argc - 3) != 0 || say_done(s) != 0 || print_answer(s) != 0)
        return 1;
    close(s);
    return 0;
}
