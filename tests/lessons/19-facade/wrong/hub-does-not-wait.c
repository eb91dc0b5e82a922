/* wrong: hub.c -> exited-early
 * Believed: MSG_DONTWAIT only keeps the call from hanging. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a UDP socket with port MY_PORT, of any own address; or -1. */
int open_hub(unsigned short my_port)
{
    struct sockaddr_in me;
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (s < 0) {
        perror("socket");
        return -1;
    }
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(my_port);
    me.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(s, (struct sockaddr *)&me, sizeof(me)) < 0) {
        perror("bind");
        close(s);
        return -1;
    }
    return s;
}

/* Sends TEXT to ADDRESS, PORT and waits for the answer, which it writes into ANSWER
 * (room: SIZE bytes) as a C string. Returns 0, or -1. */
int ask(int s, const char *address, unsigned short port, const char *text, char *answer, size_t size)
{
    struct sockaddr_in to;
    ssize_t n;

    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    if (inet_pton(AF_INET, address, &to.sin_addr) != 1) {
        fprintf(stderr, "hub: %s is no IPv4 address\n", address);
        return -1;
    }
    if (sendto(s, text, strlen(text), 0, (struct sockaddr *)&to, sizeof(to)) < 0) {
        perror("sendto");
        return -1;
    }
    n = recvfrom(s, answer, size - 1, MSG_DONTWAIT, NULL, NULL);
    if (n < 0) {
        perror("recvfrom");
        return -1;
    }
    answer[n] = '\0';
    return 0;
}

/* Finds out by which name the mirror sees S, and tells it the office. Returns 0, or -1. */
int introduce(int s, char **where, const char *question)
{
    const char *mirror = where[0], *office = where[2];
    unsigned short mirror_port = (unsigned short)atoi(where[1]), office_port = (unsigned short)atoi(where[3]);
    char name[64], answer[1024];

    if (ask(s, mirror, mirror_port, question, name, sizeof(name)) < 0)
        return -1;
    printf("hub: outside I am %s\n", name);
    /* From the same socket: another one would have another name. */
    if (ask(s, office, office_port, name, answer, sizeof(answer)) < 0)
        return -1;
    printf("hub: the office says %s\n", answer);
    return 0;
}

int main(int argc, char **argv)
{
    int s;

    if (argc != 7) {
        fprintf(stderr, "usage: hub MY_PORT MIRROR MIRROR_PORT OFFICE OFFICE_PORT QUESTION\n");
        return 2;
    }
    s = open_hub((unsigned short)atoi(argv[1]));
    if (s < 0)
        return 1;
    return introduce(s, argv + 2, argv[6]) == 0 ? 0 : 1;
}
