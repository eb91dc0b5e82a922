/* right: server.c
 * An IPv6 socket with an IPv4-mapped name (ipv6(7)): on the wire it is IPv4.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int open_server(const char *address, unsigned short port)
{
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    char mapped[64];
    int s = socket(AF_INET6, SOCK_DGRAM, 0), no = 0;

    snprintf(mapped, sizeof(mapped), "::ffff:%s", address);
    if (s < 0 || inet_pton(AF_INET6, mapped, &name.sin6_addr) != 1 ||
        setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)) < 0 ||
        bind(s, (struct sockaddr *)&name, sizeof(name)) < 0) {
        perror("open_server");
        exit(1);
    }
    return s;
}

int main(int argc, char **argv)
{
    struct sockaddr_in6 from;
    socklen_t size = sizeof(from);
    char bytes[1024];
    int s;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    s = open_server(argv[1], (unsigned short)atoi(argv[2]));
    while (recvfrom(s, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &size) >= 0) {
        if (sendto(s, argv[3], strlen(argv[3]), 0, (struct sockaddr *)&from, size) < 0)
            perror("sendto");
        size = sizeof(from);
    }
    perror("recvfrom");
    return 1;
}
