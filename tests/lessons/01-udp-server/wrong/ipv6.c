/* wrong: server.c -> wrong-family
 * Believed: IPv6 is the newer one and serves both; V6ONLY only sounds as if it mattered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    struct sockaddr_in6 name, peer;
    socklen_t size = sizeof peer;
    char text[1000];
    int s = socket(AF_INET6, SOCK_DGRAM, 0), on = 1;

    if (argc != 4)
        return 2;
    setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    memset(&name, 0, sizeof name);
    name.sin6_family = AF_INET6;
    name.sin6_port = htons(atoi(argv[2]));
    name.sin6_addr = in6addr_any;
    if (bind(s, (struct sockaddr *)&name, sizeof name) != 0) {
        perror("bind");
        return 1;
    }
    while (recvfrom(s, text, sizeof text, 0, (struct sockaddr *)&peer, &size) >= 0)
        sendto(s, argv[3], strlen(argv[3]), 0, (struct sockaddr *)&peer, size);
    return 1;
}
