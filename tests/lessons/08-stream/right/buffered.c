/* right: client.c
 * Receives as much as there is, and keeps what is behind the newline for the next line.
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
    while ((n = recv(s, buf + length, sizeof(buf) - length, 0)) > 0) {
        length += (size_t)n;
        while ((end = memchr(buf, '\n', length)) != NULL) {
            size_t used = (size_t)(end - buf) + 1;

            snprintf(out, sizeof(out), "%s %.*s", argv[4], (int)used, buf);
            send(s, out, strlen(out), MSG_NOSIGNAL);
            length -= used;
            memmove(buf, end + 1, length);
        }
    }
    close(s);
    return 0;
}
