/* wrong: client.c -> several-lines-as-one
 * Believed: as long as the last byte is no newline the line is not complete, so
 * one reads on; and when it is one, there is one line in the buffer.
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
    size_t length = 0;
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
    while ((n = recv(s, buf + length, sizeof(buf) - 1 - length, 0)) > 0) {
        length += (size_t)n;
        buf[length] = '\0';
        if (strchr(buf, '\n') == NULL)
            continue;
        if (buf[length - 1] == '\n')
            buf[length - 1] = '\0';
        snprintf(out, sizeof(out), "%s %s\n", argv[4], buf);
        send(s, out, strlen(out), 0);
        length = 0;
    }
    close(s);
    return 0;
}
