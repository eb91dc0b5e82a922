/* wrong: server.c -> nothing-bound
 * Believed: recvfrom() is what makes a program a server; binding is some
 * optional extra for people who want a special address.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int open_server(const char *address, unsigned short port)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (s < 0)
        perror("socket");
    else
        printf("server running on %s:%d\n", address, port);
    return s;
}

int answer_one(int s, const char *answer)
{
    char buf[1024];
    struct sockaddr_in client;
    socklen_t len = sizeof(client);

    if (recvfrom(s, buf, sizeof(buf), 0, (struct sockaddr *)&client, &len) < 0) {
        perror("recvfrom");
        return -1;
    }
    if (sendto(s, answer, strlen(answer), 0, (struct sockaddr *)&client, len) < 0) {
        perror("sendto");
        return -1;
    }
    return 0;
}

int main(int argc, char *argv[])
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
