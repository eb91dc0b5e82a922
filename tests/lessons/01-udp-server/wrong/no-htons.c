/* wrong: server.c -> byte-order
 * Believed: sin_port is an unsigned short and port is an unsigned short, so
 * one is simply assigned to the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int open_server(const char *address, unsigned short port)
{
    struct sockaddr_in name = {0};
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (s < 0) {
        perror("socket");
        return -1;
    }
    name.sin_family = AF_INET;
    name.sin_port = port;
    if (inet_pton(AF_INET, address, &name.sin_addr) != 1)
        return -1;
    if (bind(s, (struct sockaddr *)&name, sizeof(name)) < 0) {
        perror("bind");
        return -1;
    }
    printf("bound to port %d\n", name.sin_port);
    return s;
}

int answer_one(int s, const char *answer)
{
    struct sockaddr_in from;
    socklen_t n = sizeof(from);
    char question[1024];

    if (recvfrom(s, question, sizeof(question), 0, (struct sockaddr *)&from, &n) < 0) {
        perror("recvfrom");
        return -1;
    }
    if (sendto(s, answer, strlen(answer), 0, (struct sockaddr *)&from, n) < 0) {
        perror("sendto");
        return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    int s;

    if (argc != 4) {
        fprintf(stderr, "usage: %s ADDRESS PORT ANSWER\n", argv[0]);
        return 2;
    }
    s = open_server(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0)
        return 1;
    while (answer_one(s, argv[3]) == 0)
        ;
    return 1;
}
