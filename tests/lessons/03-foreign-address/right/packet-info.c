/* right: server.c
 * Binds to any address, and answers from the one that was asked: IP_PKTINFO says which. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a socket whose name is ADDRESS, PORT; or -1 if that failed. */
int bind_early(const char *address, unsigned short port)
{
    struct sockaddr_in name;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    int yes = 1;

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    (void)address;
    if (s < 0)
        return -1;
    if (setsockopt(s, IPPROTO_IP, IP_PKTINFO, &yes, sizeof(yes)) < 0)
        return -1;
    if (bind(s, (struct sockaddr *)&name, sizeof(name)) < 0)
        return -1;
    return s;
}

int answer_one(int s, const char *answer)
{
    char question[2048], control[256];
    struct sockaddr_in from;
    struct iovec text = {question, sizeof(question)};
    struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &text, .msg_iovlen = 1,
                             .msg_control = control, .msg_controllen = sizeof(control)};
    struct cmsghdr *info;

    if (recvmsg(s, &message, 0) < 0)
        return -1;
    for (info = CMSG_FIRSTHDR(&message); info; info = CMSG_NXTHDR(&message, info))
        if (info->cmsg_level == IPPROTO_IP && info->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo to;

            memcpy(&to, CMSG_DATA(info), sizeof(to));
            to.ipi_spec_dst = to.ipi_addr; /* asked at; now: answer from */
            to.ipi_ifindex = 0;
            memcpy(CMSG_DATA(info), &to, sizeof(to));
        }
    text.iov_base = (void *)answer;
    text.iov_len = strlen(answer);
    return sendmsg(s, &message, 0) < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
    int port = argc == 4 ? atoi(argv[2]) : 0;
    int s;

    if (port < 1 || port > 65535) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    s = bind_early(argv[1], (unsigned short)port);
    if (s < 0) {
        perror("server: no socket to wait at");
        return 1;
    }
    while (answer_one(s, argv[3]) == 0) {
        /* and the next one */
    }
    perror("server");
    return 1;
}
