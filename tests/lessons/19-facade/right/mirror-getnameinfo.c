/* right: mirror.c
 * poll() first, and getnameinfo() instead of inet_ntop() and ntohs(). Names are of any family.
 */
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_mirror(const char *address, const char *port)
{
    struct addrinfo hints, *found;
    int s;

    memset(&hints, 0, sizeof(hints));
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    if (getaddrinfo(address, port, &hints, &found) != 0)
        return -1;
    s = socket(found->ai_family, found->ai_socktype | SOCK_NONBLOCK, found->ai_protocol);
    if (s >= 0 && bind(s, found->ai_addr, found->ai_addrlen) < 0) {
        perror("bind");
        close(s);
        s = -1;
    }
    freeaddrinfo(found);
    return s;
}

static void answer_all(int s)
{
    struct sockaddr_storage from;
    socklen_t size = sizeof(from);
    char question[1], host[64], port[16], text[96];

    /* Only the name is wanted: of the question a byte is enough. */
    while (recvfrom(s, question, sizeof(question), 0, (struct sockaddr *)&from, &size) >= 0) {
        getnameinfo((struct sockaddr *)&from, size, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV | NI_DGRAM);
        snprintf(text, sizeof(text), "%s:%s", host, port);
        if (sendto(s, text, strlen(text), 0, (struct sockaddr *)&from, size) < 0)
            perror("sendto");
        size = sizeof(from);
    }
}

int main(int argc, char **argv)
{
    struct pollfd ready;

    if (argc != 3) {
        fprintf(stderr, "usage: mirror ADDRESS PORT\n");
        return 2;
    }
    ready.fd = open_mirror(argv[1], argv[2]);
    ready.events = POLLIN;
    if (ready.fd < 0)
        return 1;
    while (poll(&ready, 1, -1) > 0)
        answer_all(ready.fd);
    return 1;
}
