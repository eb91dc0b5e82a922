/* wrong: server.c -> reply-from-other-socket
 * Believed: one socket is for receiving and another one is for sending, like
 * the two ends of a pipe.
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
    int in = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&addr, 0, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    inet_pton(AF_INET, address, &addr.sin_addr);
    if (in < 0 || bind(in, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
        perror("bind");
        return -1;
    }
    return in;
}

int answer_one(int in, const char *answer)
{
    char buf[1024];
    struct sockaddr_in client;
    socklen_t len = sizeof(client);
    int out;

    if (recvfrom(in, buf, sizeof(buf), 0, (struct sockaddr *)&client, &len) < 0) {
        perror("recvfrom");
        return -1;
    }
    out = socket(AF_INET, SOCK_DGRAM, 0); /* the socket for the answer */
    if (out < 0) {
        perror("socket");
        return -1;
    }
    if (sendto(out, answer, strlen(answer), 0, (struct sockaddr *)&client, len) < 0)
        perror("sendto");
    close(out);
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
