/* wrong: lamp.c -> wrong-port
 * Believed: a heartbeat may go to any port; it is only for the router. */#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a UDP socket whose other side is ADDRESS, PORT; or -1. On such a
 * socket send() needs no address, and recv() takes nothing from strangers. */
int open_lamp(const char *address, unsigned short port)
{
    struct sockaddr_in cloud;
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&cloud, 0, sizeof cloud);
    cloud.sin_family = AF_INET;
    cloud.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &cloud.sin_addr) != 1
        || connect(s, (struct sockaddr *)&cloud, sizeof cloud) != 0) {
        perror("connect");
        return -1;
    }
    return s;
}

/* Waits for an order, writes it into ORDER (room: SIZE bytes) as a C string; until it comes
 * says NAME again every EVERY milliseconds. Returns 0, or -1. */
int wait_for_order(int s, const char *name, int every, char *order, size_t size)
{
    struct sockaddr_in nobody;
    socklen_t size_of_name = sizeof nobody;
    struct pollfd ready;
    ssize_t n;

    if (getpeername(s, (struct sockaddr *)&nobody, &size_of_name) != 0)
        return -1;
    nobody.sin_port = htons(9);
    ready.fd = s;
    ready.events = POLLIN;
    while ((n = poll(&ready, 1, every)) == 0) /* 0: the time is over, and nothing came */
        if (sendto(s, name, strlen(name), 0, (struct sockaddr *)&nobody, sizeof nobody) < 0)
            return -1;
    if (n < 0) {
        perror("poll");
        return -1;
    }
    n = recv(s, order, size - 1, 0);
    if (n < 0)
        return -1;
    order[n] = '\0';
    return 0;
}

int main(int argc, char **argv)
{
    char order[1000];
    int s;

    if (argc != 6) {
        fprintf(stderr, "usage: lamp ADDRESS PORT NAME OK EVERY\n");
        return 2;
    }
    s = open_lamp(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0 || send(s, argv[3], strlen(argv[3]), 0) < 0
        || wait_for_order(s, argv[3], atoi(argv[5]), order, sizeof order) != 0)
        return 1;
    printf("lamp: %s\n", order);
    return send(s, argv[4], strlen(argv[4]), 0) < 0 ? 1 : 0;
}
