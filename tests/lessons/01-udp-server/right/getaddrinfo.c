/* right: server.c
 * Address and port by getaddrinfo(), as if they were names; answers by sendmsg() in two pieces.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <netdb.h>
#include <sys/uio.h>

int main(int argc, char **argv)
{
    struct addrinfo hints, *list;
    struct sockaddr_storage from;
    struct iovec pieces[2];
    struct msghdr message;
    char buf[500];
    int s;

    if (argc != 4)
        return 2;
    memset(&hints, 0, sizeof(hints));
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_PASSIVE;
    if (getaddrinfo(argv[1], argv[2], &hints, &list) != 0)
        return 1;
    s = socket(list->ai_family, list->ai_socktype, list->ai_protocol);
    if (s < 0 || bind(s, list->ai_addr, list->ai_addrlen) < 0) {
        perror("server");
        return 1;
    }
    freeaddrinfo(list);
    for (;;) {
        memset(&message, 0, sizeof(message));
        message.msg_name = &from;
        message.msg_namelen = sizeof(from);
        message.msg_iov = pieces;
        message.msg_iovlen = 1;
        pieces[0].iov_base = buf;
        pieces[0].iov_len = sizeof(buf);
        if (recvmsg(s, &message, 0) < 0)
            return 1;
        pieces[0].iov_base = argv[3];
        pieces[0].iov_len = 1;
        pieces[1].iov_base = argv[3] + 1;
        pieces[1].iov_len = strlen(argv[3]) - 1;
        message.msg_iovlen = 2;
        sendmsg(s, &message, 0);
    }
}
