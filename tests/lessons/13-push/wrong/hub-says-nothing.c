/* wrong: hub.c -> both-wait
 * The lamp is on, everybody can see it; TCP delivers reliably, so
 * there is nothing to confirm. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_cloud(const char *ip, int port)
{
    struct sockaddr_in sa;
    int s;

    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) {
        perror("socket");
        exit(1);
    }
    memset(&sa, 0, sizeof(sa));
    sa.sin_family = AF_INET;
    sa.sin_port = htons((unsigned short)port);
    sa.sin_addr.s_addr = inet_addr(ip);
    if (connect(s, (struct sockaddr *)&sa, sizeof(sa)) < 0) {
        perror("connect");
        exit(1);
    }
    return s;
}

/* one line without its newline; 0 at the end */
static int read_line(int s, char *line, int size)
{
    int i = 0;
    char c;

    while (recv(s, &c, 1, 0) == 1) {
        if (c == '\n') {
            line[i] = 0;
            return 1;
        }
        if (i < size - 1)
            line[i++] = c;
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        printf("usage: hub ADDRESS PORT NAME OK\n");
        return 2;
    }

    char line[200];
    int s = connect_cloud(argv[1], atoi(argv[2]));

    send(s, argv[3], strlen(argv[3]), 0);
    send(s, "\n", 1, 0);
    while (read_line(s, line, sizeof line))
        printf("switching: %s\n", line);
    close(s);
    return 0;
}
