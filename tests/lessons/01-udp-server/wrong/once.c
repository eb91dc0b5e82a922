/* wrong: server.c -> one-answer-only
 * Believed: the server's work is done when the question has been answered.
 * (The loop of main was thrown out, it "did nothing".)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char buf[1024];
    struct sockaddr_in me, you;
    socklen_t you_len = sizeof(you);
    int s;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }

    s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0) { perror("socket"); return 1; }

    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons((unsigned short)atoi(argv[2]));
    me.sin_addr.s_addr = inet_addr(argv[1]);
    if (bind(s, (struct sockaddr *)&me, sizeof(me)) < 0) { perror("bind"); return 1; }

    if (recvfrom(s, buf, sizeof(buf), 0, (struct sockaddr *)&you, &you_len) < 0) { perror("recvfrom"); return 1; }
    if (sendto(s, argv[3], strlen(argv[3]), 0, (struct sockaddr *)&you, you_len) < 0) { perror("sendto"); return 1; }

    close(s);
    return 0;
}
