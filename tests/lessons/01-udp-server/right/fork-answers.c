/* right: server.c
 * A child answers, on the socket that it has from its parent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <signal.h>

int main(int argc, char **argv)
{
    struct sockaddr_in me;
    ssize_t n;
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
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        len = sizeof(from);
        n = recvfrom(s, buf, sizeof(buf), 0, (struct sockaddr *)&from, &len);
        if (n < 0) {
            perror("recvfrom");
            return 1;
        }
        if (fork() == 0) {
            sendto(s, argv[3], strlen(argv[3]), 0, (struct sockaddr *)&from, len);
            _exit(0);
        }
    }
}
