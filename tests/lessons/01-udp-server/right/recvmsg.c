/* right: server.c
 * recvmsg() and sendmsg(), the answer gathered from single bytes.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

static void hear(int s, struct sockaddr_in *from)
{
    static char bytes[1500];
    struct iovec piece = {bytes, sizeof(bytes)};
    struct msghdr message = {.msg_name = from, .msg_namelen = sizeof(*from),
                             .msg_iov = &piece, .msg_iovlen = 1};

    if (recvmsg(s, &message, 0) < 0) {
        perror("recvmsg");
        exit(1);
    }
}

static void answer_to(int s, struct sockaddr_in *from, char *answer)
{
    struct iovec pieces[128];
    struct msghdr message = {.msg_name = from, .msg_namelen = sizeof(*from), .msg_iov = pieces};

    while (answer[message.msg_iovlen] != '\0' && message.msg_iovlen < 128) {
        pieces[message.msg_iovlen] = (struct iovec){answer + message.msg_iovlen, 1};
        message.msg_iovlen++;
    }
    if (sendmsg(s, &message, 0) < 0)
        perror("sendmsg");
}

int main(int argc, char **argv)
{
    struct sockaddr_in name = {.sin_family = AF_INET}, from;
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    name.sin_port = htons((unsigned short)atoi(argv[2]));
    name.sin_addr.s_addr = inet_addr(argv[1]);
    if (s < 0 || bind(s, (struct sockaddr *)&name, sizeof(name)) < 0) {
        perror("bind");
        return 1;
    }
    for (;;) {
        hear(s, &from);
        answer_to(s, &from, argv[3]);
    }
}
