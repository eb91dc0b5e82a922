/* wrong: server.c -> wrong-transport
 * Believed: the server of lesson 01 still works, a port is a port; connect() of
 * the client will find it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

int open_server(const char *address, unsigned short port)
{
    struct sockaddr_in addr;
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&addr, 0, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    addr.sin_addr.s_addr = inet_addr(address);
    if (s < 0 || bind(s, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
        perror("open_server");
        return -1;
    }
    return s;
}

int answer_one(int s, const char *answer)
{
    char buf[1024];
    struct sockaddr_in from;
    socklen_t len = sizeof(from);

    if (recvfrom(s, buf, sizeof(buf), 0, (struct sockaddr *)&from, &len) < 0) {
        perror("recvfrom");
        return -1;
    }
    if (sendto(s, answer, strlen(answer), 0, (struct sockaddr *)&from, len) < 0) {
        perror("sendto");
        return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    int s;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    s = open_server(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0)
        return 1;
    while (answer_one(s, argv[3]) == 0)
        ;
    return 1;
}
