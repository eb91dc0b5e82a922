/* right: client.c
 * One byte a call, both ways.
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
    char buf[1000];
    ssize_t n;
    int s;

    if (argc < 4) {
        fprintf(stderr, "usage: client ADDRESS PORT TEXT...\n");
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
    for (int i = 3; i < argc; i++)
        for (char *c = argv[i];; c++) {
            buf[0] = *c != '\0' ? *c : '\n';
            send(s, buf, 1, MSG_NOSIGNAL);
            if (*c == '\0')
                break;
        }
    shutdown(s, SHUT_WR);
    while ((n = recv(s, buf, 1, 0)) > 0)
        putchar(buf[0]);
    close(s);
    return 0;
}
