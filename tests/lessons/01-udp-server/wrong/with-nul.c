/* wrong: server.c -> message-too-long
 * Believed: a string without its 0 byte is broken, so the 0 byte has to travel
 * with it: strlen + 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int open_server(const char *address, unsigned short port)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in addr;

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
    char question[1000];
    struct sockaddr_in from;
    socklen_t len = sizeof(from);

    if (recvfrom(s, question, sizeof(question), 0, (struct sockaddr *)&from, &len) < 0) {
        perror("recvfrom");
        return -1;
    }
    if (sendto(s, answer, strlen(answer) + 1, 0, (struct sockaddr *)&from, len) < 0) {
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
