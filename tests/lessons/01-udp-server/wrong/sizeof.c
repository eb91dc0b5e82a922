/* wrong: server.c -> message-too-long
 * Believed: the receiver stops reading at the 0 byte, as printf does, so it
 * does no harm to send the whole buffer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>

#define BUFSIZE 256

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
    char buf[BUFSIZE];
    struct sockaddr_in from;
    socklen_t len = sizeof(from);

    memset(buf, 0, BUFSIZE);
    if (recvfrom(s, buf, BUFSIZE, 0, (struct sockaddr *)&from, &len) < 0) {
        perror("recvfrom");
        return -1;
    }
    printf("got: %.*s\n", BUFSIZE, buf);
    memset(buf, 0, BUFSIZE);
    strncpy(buf, answer, BUFSIZE - 1);
    if (sendto(s, buf, sizeof(buf), 0, (struct sockaddr *)&from, len) < 0) {
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
