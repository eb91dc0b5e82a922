/* wrong: server.c -> message-cut
 * Believed: a greeting is enough.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a socket whose name is ADDRESS, PORT; or -1 if that failed. */
static int open_server(const char *address, unsigned short port)
{
    struct sockaddr_in name;
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &name.sin_addr) != 1 ||
        bind(s, (struct sockaddr *)&name, sizeof(name)) < 0) {
        perror("open_server");
        return -1;
    }
    return s;
}

/* Waits for one name and sends GREETING, a blank and the name to where it came from.
 * Returns 0 to go on with the next one, -1 to end the server. */
static int greet_one(int s, const char *greeting)
{
    char name[512], answer[1024];
    struct sockaddr_in from;
    socklen_t from_size = sizeof(from);
    ssize_t n = recvfrom(s, name, sizeof(name), 0, (struct sockaddr *)&from, &from_size);
    int length;

    if (n < 0) {
        perror("recvfrom");
        return -1;
    }
    /* A message has no 0 byte at its end: print so many bytes of it. */
    length = snprintf(answer, sizeof(answer), "%s", greeting);
    if (length >= (int)sizeof(answer))
        length = sizeof(answer) - 1; /* a greeting that is longer than any */
    if (sendto(s, answer, (size_t)length, 0, (struct sockaddr *)&from, from_size) < 0) {
        perror("sendto");
        return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    int port = argc == 4 ? atoi(argv[2]) : 0;
    int s;

    if (port < 1 || port > 65535) {
        fprintf(stderr, "usage: server ADDRESS PORT GREETING\n");
        return 2;
    }
    s = open_server(argv[1], (unsigned short)port);
    if (s < 0)
        return 1;
    while (greet_one(s, argv[3]) == 0) {
        /* and the next one */
    }
    return 1;
}
