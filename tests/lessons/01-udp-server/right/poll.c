/* right: server.c
 * A poll() loop on a non-blocking socket, bound to every address of the host.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int open_server(const char *address, unsigned short port)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    (void)address; /* every address of this host is at least that one */
    name.sin_addr.s_addr = htonl(INADDR_ANY);
    if (s < 0 || bind(s, (struct sockaddr *)&name, sizeof(name)) < 0) {
        perror("open_server");
        exit(1);
    }
    return s;
}

static void answer_all(int s, const char *answer)
{
    struct sockaddr_storage from;
    socklen_t size = sizeof(from);
    char bytes[65536];

    while (recvfrom(s, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &size) >= 0) {
        if (sendto(s, answer, strlen(answer), 0, (struct sockaddr *)&from, size) < 0)
            perror("sendto");
        size = sizeof(from);
    }
    if (errno != EAGAIN) {
        perror("recvfrom");
        exit(1);
    }
}

int main(int argc, char **argv)
{
    struct pollfd waiting = {.events = POLLIN};

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    waiting.fd = open_server(argv[1], (unsigned short)atoi(argv[2]));
    while (poll(&waiting, 1, -1) >= 0)
        answer_all(waiting.fd, argv[3]);
    perror("poll");
    return 1;
}
