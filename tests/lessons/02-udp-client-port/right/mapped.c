/* right: client.c
 * An IPv6 socket that speaks to an IPv4-mapped address: IPv4 on the wire.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct sockaddr_in6 mapped(const char *address, const char *port)
{
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_port = htons((unsigned short)atoi(port))};
    char text[64];

    snprintf(text, sizeof(text), "::ffff:%s", address);
    if (inet_pton(AF_INET6, text, &name.sin6_addr) != 1) {
        fprintf(stderr, "client: %s is no IPv4 address\n", address);
        exit(1);
    }
    return name;
}

static int tell(int s, const struct sockaddr_in6 *to, const char *text)
{
    if (sendto(s, text, strlen(text), 0, (const struct sockaddr *)to, sizeof(*to)) < 0) {
        perror("sendto");
        return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in6 me, server;
    char answer[1024];
    ssize_t n;
    int s, no = 0;

    if (argc != 6) {
        fprintf(stderr, "usage: client ADDRESS PORT MY_PORT QUESTION THANKS\n");
        return 2;
    }
    me = mapped("0.0.0.0", argv[3]);
    server = mapped(argv[1], argv[2]);
    s = socket(AF_INET6, SOCK_DGRAM, 0);
    if (s < 0 || setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)) < 0 ||
        bind(s, (struct sockaddr *)&me, sizeof(me)) < 0) {
        perror("client");
        return 1;
    }
    if (tell(s, &server, argv[4]) < 0)
        return 1;
    n = recv(s, answer, sizeof(answer), 0);
    if (n < 0) {
        perror("recv");
        return 1;
    }
    printf("client: \"%.*s\"\n", (int)n, answer);
    return tell(s, &server, argv[5]) < 0 ? 1 : 0;
}
