/* wrong: server.c -> no-family
 * Believed: AF_INET was already said to socket(), so the struct does not need
 * it again; and bind() does not fail, so nobody has to look.
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

    memset(&addr, 0, sizeof addr);
    addr.sin_port = htons(port);
    addr.sin_addr.s_addr = inet_addr(address);
    bind(s, (struct sockaddr *)&addr, sizeof addr);
    return s;
}

int answer_one(int s, const char *answer)
{
    char msg[512];
    struct sockaddr_in from;
    socklen_t fromlen = sizeof from;
    ssize_t n = recvfrom(s, msg, sizeof msg, 0, (struct sockaddr *)&from, &fromlen);

    if (n < 0) { perror("recvfrom"); return -1; }
    if (sendto(s, answer, strlen(answer), 0, (struct sockaddr *)&from, fromlen) < 0) { perror("sendto"); return -1; }
    return 0;
}

int main(int argc, char **argv)
{
    int s;
    if (argc != 4) { fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n"); return 2; }
    s = open_server(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0) { perror("socket"); return 1; }
    for (;;)
        if (answer_one(s, argv[3]) != 0)
            return 1;
}
