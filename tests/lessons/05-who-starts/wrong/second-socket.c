/* wrong: peer.c -> bound-another-socket
 * Believed: one socket to receive with, one to send with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    struct sockaddr_in me, him;
    char buf[1000];
    ssize_t n;
    int s;
    int out;

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
    out = socket(AF_INET, SOCK_DGRAM, 0);
    if (strcmp(argv[7], "begin") == 0) {
        if (fgets(buf, sizeof(buf), stdin) == NULL)
            return 1;
        sendto(out, argv[5], strlen(argv[5]), 0, (struct sockaddr *)&him, sizeof(him));
    }
    while ((n = recvfrom(s, buf, sizeof(buf) - 1, 0, NULL, NULL)) >= 0) {
        buf[n] = '\0';
        if (strcmp(buf, argv[5]) == 0)
            sendto(out, argv[6], strlen(argv[6]), 0, (struct sockaddr *)&him, sizeof(him));
    }
    perror("recvfrom");
    return 0;
}
