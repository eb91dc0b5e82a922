/* wrong: server.c -> byte-order
 * Believed: htons() turns a port, so it may be called to be sure.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a socket whose name is ADDRESS, PORT; or -1 if that failed. */
int open_server(const char *address, unsigned short port)
{
    struct sockaddr_in name;
    int s;

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons(htons(port)); /* on the wire the high byte comes first */
    if (inet_pton(AF_INET, address, &name.sin_addr) != 1) {
        fprintf(stderr, "server: %s is no IPv4 address\n", address);
        return -1;
    }
    s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0) {
        perror("socket");
        return -1;
    }
    if (bind(s, (struct sockaddr *)&name, sizeof(name)) < 0) {
        perror("bind");
        close(s);
        return -1;
    }
    return s;
}

/* Waits for one question and sends ANSWER to where it came from.
 * Returns 0 to go on with the next question, -1 to end the server. */
int answer_one(int s, const char *answer)
{
    struct sockaddr_in from;
    socklen_t from_size = sizeof(from); /* in: the room; out: the size used */
    char question[1024];
    ssize_t n;

    n = recvfrom(s, question, sizeof(question), 0, (struct sockaddr *)&from, &from_size);
    if (n < 0) {
        perror("recvfrom");
        return -1;
    }
    /* The bytes are no C string: nobody has put a 0 behind them. */
    printf("server: \"%.*s\" from port %d\n", (int)n, question, ntohs(from.sin_port));

    /* strlen(answer), not the size of some buffer: each byte goes on the wire. */
    if (sendto(s, answer, strlen(answer), 0, (struct sockaddr *)&from, from_size) < 0)
        perror("sendto"); /* one client less is no reason to leave the others */
    return 0;
}

int main(int argc, char **argv)
{
    int port = argc == 4 ? atoi(argv[2]) : 0;
    int s;

    if (port < 1 || port > 65535) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    s = open_server(argv[1], (unsigned short)port);
    if (s < 0) {
        fprintf(stderr, "server: no socket to wait at\n");
        return 1;
    }
    while (answer_one(s, argv[3]) == 0) {
        /* and the next one */
    }
    return 1;
}
