/* wrong: mirror.c -> no-answer
 * Believed: printing the name is telling it.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a UDP socket whose name is ADDRESS, PORT; or -1. */
int open_mirror(const char *address, unsigned short port)
{
    struct sockaddr_in here;
    int s;

    memset(&here, 0, sizeof(here));
    here.sin_family = AF_INET;
    here.sin_port = htons(port);
    if (inet_pton(AF_INET, address, &here.sin_addr) != 1) {
        fprintf(stderr, "mirror: %s is no IPv4 address\n", address);
        return -1;
    }
    s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0) {
        perror("socket");
        return -1;
    }
    if (bind(s, (struct sockaddr *)&here, sizeof(here)) < 0) {
        perror("bind");
        close(s);
        return -1;
    }
    return s;
}

/* Writes NAME into TEXT (room: SIZE bytes), like "203.0.113.1:40001". Returns 0, or -1. */
int write_name(const struct sockaddr_in *name, char *text, size_t size)
{
    char address[INET_ADDRSTRLEN];

    if (inet_ntop(AF_INET, &name->sin_addr, address, sizeof(address)) == NULL) {
        perror("inet_ntop");
        return -1;
    }
    /* The port stands there in the order of the wire: ntohs() turns it round. */
    snprintf(text, size, "%s:%u", address, ntohs(name->sin_port));
    return 0;
}

/* Waits for one question and answers with the name of who asked. Returns 0, or -1. */
int answer_one(int s)
{
    struct sockaddr_in from;
    socklen_t from_size = sizeof(from);
    char question[1024], text[64];

    /* What the question says does not matter. Where it comes from does. */
    if (recvfrom(s, question, sizeof(question), 0, (struct sockaddr *)&from, &from_size) < 0) {
        perror("recvfrom");
        return -1;
    }
    if (write_name(&from, text, sizeof(text)) < 0)
        return -1;
    printf("mirror: %s\n", text);
    return 0;
}

int main(int argc, char **argv)
{
    int s;

    if (argc != 3) {
        fprintf(stderr, "usage: mirror ADDRESS PORT\n");
        return 2;
    }
    s = open_mirror(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0)
        return 1;
    while (answer_one(s) == 0) {
        /* and the next one */
    }
    return 1;
}
