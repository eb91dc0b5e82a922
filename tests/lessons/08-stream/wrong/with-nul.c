/* wrong: client.c -> message-too-long
 * Believed: a string ends in a 0 byte, so it must travel along.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* The next line, a byte at a time. 1, or 0 at the end. */
static int get_line(int s, char *line, size_t size)
{
    size_t length = 0;
    char c;

    while (recv(s, &c, 1, 0) == 1) {
        if (c == '\n') {
            line[length] = '\0';
            return 1;
        }
        if (length + 1 < size)
            line[length++] = c;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in to;
    char buf[1000], out[1200];
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
    send(s, out, strlen(out) + 1, 0);
    while (get_line(s, buf, sizeof(buf))) {
        snprintf(out, sizeof(out), "%s %s\n", argv[4], buf);
        send(s, out, strlen(out) + 1, 0);
    }
    close(s);
    return 0;
}
