/* wrong: hub.c -> polls-not-push
 * A connection that stays open for hours breaks anyway: better ask
 * again every 30 ms whether there is something. */
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

    char line[300];
    int s, n, tries;

    for (tries = 0; tries < 20; tries++) {
        s = connect_cloud(argv[1], atoi(argv[2]));
        snprintf(line, sizeof line, "%s\n", argv[3]);
        send(s, line, strlen(line), 0);
        usleep(30 * 1000);
        n = (int)recv(s, line, sizeof line, MSG_DONTWAIT);
        if (n > 0) {
            snprintf(line, sizeof line, "%s\n", argv[4]);
            send(s, line, strlen(line), 0);
            close(s);
            return 0;
        }
        close(s);
    }
    return 0;
}
