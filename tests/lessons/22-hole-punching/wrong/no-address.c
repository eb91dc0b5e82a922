/* wrong: peer.c -> wrong-host
 * Believed: the port is what was told; the rest is known. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct sockaddr_in name_of(const char *address, int port)
{
    struct sockaddr_in name;

    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_port = htons((unsigned short)port);
    if (inet_pton(AF_INET, address, &name.sin_addr) != 1) {
        fprintf(stderr, "peer: %s is no address\n", address);
        exit(2);
    }
    return name;
}

int is_same(struct sockaddr_in a, struct sockaddr_in b)
{
    return a.sin_addr.s_addr == b.sin_addr.s_addr && a.sin_port == b.sin_port;
}

int send_text(int s, const char *text, struct sockaddr_in to)
{
    return sendto(s, text, strlen(text), 0, (struct sockaddr *)&to, sizeof to) < 0 ? -1 : 0;
}

/* Receives one datagram: its words go to TEXT, its sender to FROM. Returns 0, or -1. */
int receive_text(int s, char *text, size_t size, struct sockaddr_in *from)
{
    socklen_t length = sizeof *from;
    ssize_t n = recvfrom(s, text, size - 1, 0, (struct sockaddr *)from, &length);

    text[n > 0 ? n : 0] = '\0';
    return n < 0 ? -1 : 0;
}

/* Says hello to the cloud, and waits until it tells the other one's name. Returns 0, or -1. */
int meet(int s, struct sockaddr_in cloud, struct sockaddr_in *other)
{
    struct sockaddr_in from;
    char words[1000], address[16];
    int port;

    if (send_text(s, "hello", cloud) != 0)
        return -1;
    do {
        if (receive_text(s, words, sizeof words, &from) != 0)
            return -1;
    } while (!is_same(from, cloud));
    if (sscanf(words, "%15[0-9.]:%d", address, &port) != 2)
        return -1;
    memset(other, 0, sizeof *other);
    other->sin_family = AF_INET;
    other->sin_port = htons((unsigned short)port);
    return 0;
}

/* Punches until the other one is heard; then sends TEXT to where he is. Returns 0 when his text has come, -1 if not. */
int punch(int s, struct sockaddr_in other, const char *text, int every, int tries)
{
    struct pollfd waiting = {s, POLLIN, 0};
    struct sockaddr_in from;
    char words[1000];
    int heard = 0;

    while (tries > 0) {
        if (!heard && send_text(s, "punch", other) != 0)
            return -1;
        if (poll(&waiting, 1, every) == 0) {
            tries--;
            continue;
        }
        if (receive_text(s, words, sizeof words, &from) != 0)
            return -1;
        if (!heard) {
            if (send_text(s, text, from) != 0)
                return -1;
            heard = 1;
        }
        if (strcmp(words, "punch") != 0) {
            printf("%s\n", words);
            return 0;
        }
    }
    return -1;
}

/* There is no way between us: the cloud copies. Returns 0 when the other one's text has come. */
int relay(int s, struct sockaddr_in cloud, const char *text)
{
    struct sockaddr_in from;
    char words[1000];

    snprintf(words, sizeof words, "relay %s", text);
    if (send_text(s, words, cloud) != 0)
        return -1;
    do {
        if (receive_text(s, words, sizeof words, &from) != 0)
            return -1;
    } while (!is_same(from, cloud));
    printf("%s\n", words);
    return 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in cloud, other;
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (argc != 6) {
        fprintf(stderr, "usage: peer CLOUD PORT TEXT EVERY TRIES\n");
        return 2;
    }
    cloud = name_of(argv[1], atoi(argv[2]));
    if (s < 0 || meet(s, cloud, &other) != 0) {
        perror("peer");
        return 1;
    }
    if (punch(s, other, argv[3], atoi(argv[4]), atoi(argv[5])) != 0 && relay(s, cloud, argv[3]) != 0) {
        perror("peer");
        return 1;
    }
    return 0;
}
