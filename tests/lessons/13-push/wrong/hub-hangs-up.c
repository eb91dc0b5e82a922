/* wrong: hub.c -> hung-up-early
 * Registering means: tell the cloud my name. Done. */
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

int main(int argc, char **argv)
{
    if (argc != 5) {
        printf("usage: hub ADDRESS PORT NAME OK\n");
        return 2;
    }

    int s = connect_cloud(argv[1], atoi(argv[2]));
    char hello[200];

    snprintf(hello, sizeof hello, "%s\n", argv[3]);
    send(s, hello, strlen(hello), 0);
    close(s);
    printf("registered, now the cloud knows me\n");
    return 0;
}
