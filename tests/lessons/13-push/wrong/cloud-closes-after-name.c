/* wrong: cloud.c -> bad-descriptor
 * The name is noted, so this connection has done its work. */
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

static int get_line(int fd, char *buf, int max)
{
    int n = 0;

    while (n < max - 1) {
        if (recv(fd, buf + n, 1, 0) != 1)
            return 0;
        if (buf[n] == '\n')
            break;
        n++;
    }
    buf[n] = '\0';
    return 1;
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
    while ((hub = accept(fd, NULL, NULL)) >= 0) {
        get_line(hub, name, sizeof name);
        close(hub);
        if (fgets(event, sizeof event, stdin) == NULL)
            break;
        send(hub, event, strlen(event), MSG_NOSIGNAL);
        get_line(hub, answer, sizeof answer);
        printf("%s has got it\n", name);
    }
    return 0;
}
