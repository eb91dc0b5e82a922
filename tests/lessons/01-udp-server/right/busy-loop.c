/* right: server.c
 * A loop on a non-blocking socket that never sleeps: wasteful, and right.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <errno.h>

int main(int argc, char **argv)
{
    struct sockaddr_in me;
    struct sockaddr_in from;
    socklen_t len;
    char buf[500];
    int s;

    if (argc != 4) {
        fprintf(stderr, "Usage: %s ADDRESS PORT ANSWER\n", argv[0]);
        return 2;
    }
    s = socket(AF_INET, SOCK_DGRAM, 0);
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(atoi(argv[2]));
    me.sin_addr.s_addr = inet_addr(argv[1]);
    if (bind(s, (struct sockaddr *)&me, sizeof(me)) < 0) {
        perror("bind");
        return 1;
    }
    for (;;) {
        len = sizeof(from);
        if (recvfrom(s, buf, sizeof(buf), MSG_DONTWAIT, (struct sockaddr *)&from, &len) < 0) {
            if (errno != EAGAIN)
                return 1;
            continue;
        }
        sendto(s, argv[3], strlen(argv[3]), 0, (struct sockaddr *)&from, len);
    }
}
