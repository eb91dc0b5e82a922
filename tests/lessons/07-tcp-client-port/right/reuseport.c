/* right: client.c
 * SO_REUSEPORT instead of SO_REUSEADDR, and the address of the
 * interface that the route to the other side would take. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_in to = { .sin_family = AF_INET }, me;
    socklen_t length = sizeof me;
    char answer[1024];
    int yes = 1, probe, s;
    ssize_t n;

    if (argc != 5) {
        printf("usage: client ADDRESS PORT MY_PORT QUESTION\n");
        return 2;
    }
    to.sin_port = htons((unsigned short)atoi(argv[2]));
    to.sin_addr.s_addr = inet_addr(argv[1]);

    /* connect() of UDP sends nothing; it only chooses an address. */
    probe = socket(AF_INET, SOCK_DGRAM, 0);
    if (probe < 0 || connect(probe, (struct sockaddr *)&to, sizeof to) != 0
        || getsockname(probe, (struct sockaddr *)&me, &length) != 0) {
        perror("client");
        return 1;
    }
    close(probe);

    s = socket(AF_INET, SOCK_STREAM, 0);
    me.sin_port = htons((unsigned short)atoi(argv[3]));
    if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) != 0
        || bind(s, (struct sockaddr *)&me, sizeof me) != 0
        || connect(s, (struct sockaddr *)&to, sizeof to) != 0) {
        perror("client");
        return 1;
    }
    if (write(s, argv[4], strlen(argv[4])) < 0) {
        perror("write");
        return 1;
    }
    n = read(s, answer, sizeof answer);
    if (n < 0) {
        perror("read");
        return 1;
    }
    printf("%.*s\n", (int)n, answer);
    return close(s) == 0 ? 0 : 1;
}
