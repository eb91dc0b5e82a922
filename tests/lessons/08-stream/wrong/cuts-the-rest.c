/* wrong: client.c -> rest-thrown-away
 * Believed: read until the newline and throw away what is behind it; the next
 * line comes with the next recv() anyway.
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
    struct sockaddr_in to;
    char buf[1000], out[1200];
    ssize_t n;
    size_t length;
    char *end;
    int s;

    if (argc != 5) {
        fprintf(stderr, "usage: client ADDRESS PORT QUESTION GOT\n");
        return 2;
    }
    s = socket(AF_INET, SOCK_STREAM, 0);
    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons(atoi(argv[2]));
    to.sin_addr.s_addr = inet_addr(argv[1]);
    if (connect(s, (struct sockaddr *)&to, sizeof(to)) < 0) {
        perror("connect");
        return 1;
    }
    snprintf(out, sizeof(out), "%s\n", argv[3]);
    send(s, out, strlen(out), 0);
    for (;;) {
        length = 0;
        do {
            n = recv(s, buf + length, sizeof(buf) - 1 - length, 0);
            if (n <= 0) {
                close(s);
                return 0;
            }
            length += (size_t)n;
            buf[length] = '\0';
            end = strchr(buf, '\n');
        } while (end == NULL);
        *end = '\0';
        snprintf(out, sizeof(out), "%s %s\n", argv[4], buf);
        send(s, out, strlen(out), 0);
    }
    close(s);
    return 0;
}
