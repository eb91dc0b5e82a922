/* right: server.c
 * Receives with recvmmsg() and a receive timeout; when nothing has come for a while it answers whom it has kept waiting. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

int main(int argc, char **argv)
{
    struct timeval moment = {0, 200000};
    struct sockaddr_in here, from, last;
    char question[1024];
    int s = socket(AF_INET, SOCK_DGRAM, 0), waiting = 0;

    if (argc != 4)
        return 2;
    memset(&here, 0, sizeof(here));
    here.sin_family = AF_INET;
    here.sin_port = htons((unsigned short)atoi(argv[2]));
    here.sin_addr.s_addr = inet_addr(argv[1]);
    if (bind(s, (struct sockaddr *)&here, sizeof(here)) < 0 ||
        setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof(moment)) < 0)
        return 1;
    for (;;) {
        struct iovec part = {question, sizeof(question)};
        struct mmsghdr message;
        int got;

        memset(&message, 0, sizeof(message));
        message.msg_hdr.msg_name = &from;
        message.msg_hdr.msg_namelen = sizeof(from);
        message.msg_hdr.msg_iov = &part;
        message.msg_hdr.msg_iovlen = 1;
        got = recvmmsg(s, &message, 1, 0, NULL);
        if (waiting) /* somebody else has come, or nobody for a while */
            sendto(s, argv[3], strlen(argv[3]), 0, (struct sockaddr *)&last, sizeof(last));
        waiting = got == 1;
        last = from;
    }
}
