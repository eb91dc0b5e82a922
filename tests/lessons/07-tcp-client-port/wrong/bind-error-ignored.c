/* wrong: client.c -> address-in-use-ignored
 * bind() is only for the port. If something is wrong with it,
 * connect() will tell me. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int fd;
    char buf[1024];
    ssize_t len;
    struct sockaddr_in local, remote;

    if (argc != 5) {
        printf("usage: client ADDRESS PORT MY_PORT QUESTION\n");
        return 2;
    }
    fd = socket(AF_INET, SOCK_STREAM, 0);

    memset(&local, 0, sizeof local);
    local.sin_family = AF_INET;
    local.sin_port = htons((unsigned short)atoi(argv[3]));
    bind(fd, (struct sockaddr *)&local, sizeof local);

    memset(&remote, 0, sizeof remote);
    remote.sin_family = AF_INET;
    remote.sin_port = htons((unsigned short)atoi(argv[2]));
    inet_aton(argv[1], &remote.sin_addr);
    if (connect(fd, (struct sockaddr *)&remote, sizeof remote) != 0) {
        perror("connect");
        return 1;
    }

    send(fd, argv[4], strlen(argv[4]), 0);
    len = recv(fd, buf, sizeof buf - 1, 0);
    if (len >= 0) {
        buf[len] = '\0';
        printf("%s\n", buf);
    }
    close(fd);
    return 0;
}
