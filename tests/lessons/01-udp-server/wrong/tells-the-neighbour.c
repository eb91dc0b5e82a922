/* wrong: server.c -> no-answer
 * Believed: somebody else will answer, when he is told that there is a question.
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
    struct sockaddr_in other;
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
    memset(&other, 0, sizeof(other));
    other.sin_family = AF_INET;
    other.sin_port = htons(9999);
    other.sin_addr.s_addr = inet_addr("10.0.0.3");
    while (1) {
        len = sizeof(from);
        n = recvfrom(s, buf, sizeof(buf), 0, (struct sockaddr *)&from, &len);
        if (n < 0) {
            perror("recvfrom");
            return 1;
        }
        sendto(s, "there is a question", 19, 0, (struct sockaddr *)&other, sizeof(other));
    }
}
