/* right: peer.c
 * Waits with poll(), for the keyboard first where it is to begin, then for the socket.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <poll.h>

int main(int argc, char **argv)
{
    struct sockaddr_in me, him;
    char buf[1000];
    ssize_t n;
    int s;
    struct pollfd list[2];

    if (argc != 8) {
        fprintf(stderr, "usage: peer ADDRESS PORT HIS_ADDRESS HIS_PORT PING PONG begin|wait\n");
        return 2;
    }
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(atoi(argv[2]));
    me.sin_addr.s_addr = inet_addr(argv[1]);
    him = me;
    him.sin_port = htons(atoi(argv[4]));
    him.sin_addr.s_addr = inet_addr(argv[3]);
    s = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(s, (struct sockaddr *)&me, sizeof(me)) < 0) {
        perror("bind");
        return 1;
    }
    list[0].fd = strcmp(argv[7], "begin") == 0 ? 0 : -1;
    list[1].fd = list[0].fd == 0 ? -1 : s;
    list[0].events = list[1].events = POLLIN;
    while (poll(list, 2, -1) > 0) {
        if (list[0].fd == 0 && list[0].revents != 0) {
            n = read(0, buf, sizeof(buf));
            if (n > 0)
                sendto(s, argv[5], strlen(argv[5]), 0, (struct sockaddr *)&him, sizeof(him));
            list[0].fd = -1;
            list[1].fd = s;
        } else if (list[1].revents != 0) {
            n = recvfrom(s, buf, sizeof(buf) - 1, 0, NULL, NULL);
            buf[n > 0 ? n : 0] = '\0';
            if (strcmp(buf, argv[5]) == 0)
                sendto(s, argv[6], strlen(argv[6]), 0, (struct sockaddr *)&him, sizeof(him));
        }
    }
    return 0;
}
