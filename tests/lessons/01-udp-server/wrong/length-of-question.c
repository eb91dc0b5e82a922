/* wrong: server.c -> length-of-question
 * Believed: n is "the length of the message", so it is also the length of the
 * answer. Right by luck while both have six letters.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int open_server(const char *address, unsigned short port)
{
    int s;
    struct sockaddr_in addr;

    s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0) {
        perror("socket");
        return -1;
    }
    memset(&addr, 0, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    addr.sin_addr.s_addr = inet_addr(address);
    if (bind(s, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
        perror("bind");
        return -1;
    }
    return s;
}

int answer_one(int s, const char *answer)
{
    char buf[1024] = "";
    struct sockaddr_in from;
    socklen_t len = sizeof(from);
    ssize_t n;

    n = recvfrom(s, buf, sizeof(buf), 0, (struct sockaddr *)&from, &len);
    if (n < 0) {
        perror("recvfrom");
        return -1;
    }
    strncpy(buf, answer, sizeof(buf) - 1);
    if (sendto(s, buf, (size_t)n, 0, (struct sockaddr *)&from, len) < 0) {
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
