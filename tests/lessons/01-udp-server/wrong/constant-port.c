/* wrong: server.c -> reply-to-fixed-port
 * Believed: the client's port is 6666, because that is what it was in the
 * capture in the book; only the host has to be taken from the datagram.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>

#define CLIENT_PORT 6666

int open_server(const char *address, unsigned short port)
{
    struct sockaddr_in me;
    int s;

    s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s == -1) {
        perror("socket");
        exit(1);
    }
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(port);
    inet_pton(AF_INET, address, &me.sin_addr);
    if (bind(s, (struct sockaddr *)&me, sizeof(me)) == -1) {
        perror("bind");
        exit(1);
    }
    return s;
}

int answer_one(int s, const char *answer)
{
    char buffer[1024];
    struct sockaddr_in client;
    socklen_t size = sizeof(client);

    if (recvfrom(s, buffer, sizeof(buffer), 0, (struct sockaddr *)&client, &size) == -1) {
        perror("recvfrom");
        exit(1);
    }
    client.sin_port = htons(CLIENT_PORT);
    if (sendto(s, answer, strlen(answer), 0, (struct sockaddr *)&client, size) == -1) {
        perror("sendto");
        exit(1);
    }
    return 0;
}

int main(int argc, char **argv)
{
    int s;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        exit(2);
    }
    s = open_server(argv[1], (unsigned short)atoi(argv[2]));
    while (1)
        answer_one(s, argv[3]);
}
