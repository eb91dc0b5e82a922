/* right: server.c
 * Looks first (MSG_PEEK), makes room for what is there, and then receives it.
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
    struct sockaddr_in me;
    ssize_t n;
    struct sockaddr_in from;
    socklen_t len;
    char buf[500];
    char *room;
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
        n = recv(s, buf, 1, MSG_PEEK | MSG_TRUNC);
        if (n < 0)
            return 1;
        room = malloc((size_t)n + 1);
        len = sizeof(from);
        if (room == NULL || recvfrom(s, room, (size_t)n, 0, (struct sockaddr *)&from, &len) < 0)
            return 1;
        room[n] = '\0';
        printf("asked: %s\n", room);
        free(room);
        sendto(s, argv[3], strlen(argv[3]), 0, (struct sockaddr *)&from, len);
    }
}
