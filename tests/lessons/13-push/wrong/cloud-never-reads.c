/* wrong: cloud.c -> closed-unread
 * I only push. What the hub sends is not interesting, so I need not
 * read it. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int listener(const char *ip, const char *port)
{
    struct sockaddr_in sa = {0};
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0) {
        perror("socket");
        exit(1);
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sa.sin_family = AF_INET;
    sa.sin_port = htons((unsigned short)atoi(port));
    inet_pton(AF_INET, ip, &sa.sin_addr);
    if (bind(fd, (struct sockaddr *)&sa, sizeof sa) < 0) {
        perror("bind");
        exit(1);
    }
    if (listen(fd, 10) < 0) {
        perror("listen");
        exit(1);
    }
    return fd;
}

int main(int argc, char **argv)
{
    char name[200], event[200], answer[200];
    int fd, hub;

    if (argc != 3) {
        fprintf(stderr, "usage: cloud ADDRESS PORT\n");
        return 2;
    }
    fd = listener(argv[1], argv[2]);
    (void)name;
    (void)answer;
    while ((hub = accept(fd, NULL, NULL)) >= 0) {
        if (fgets(event, sizeof event, stdin) == NULL)
            break;
        send(hub, event, strlen(event), 0);
        close(hub);
    }
    return 0;
}
