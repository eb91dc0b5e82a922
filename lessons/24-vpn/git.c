/* git.c - given: asks a server for all that it has, by TCP, and receives it until the end.
 *
 *     git ADDRESS PORT WORD */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_in server;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    char bytes[1000];
    size_t all = 0;
    ssize_t n;

    if (argc != 4) {
        fprintf(stderr, "usage: git ADDRESS PORT WORD\n");
        return 2;
    }
    snprintf(bytes, sizeof bytes, "%s\n", argv[3]);
    memset(&server, 0, sizeof server);
    server.sin_family = AF_INET;
    server.sin_port = htons((unsigned short)atoi(argv[2]));
    if (s < 0 || inet_pton(AF_INET, argv[1], &server.sin_addr) != 1 ||
        connect(s, (struct sockaddr *)&server, sizeof server) != 0 || send(s, bytes, strlen(bytes), 0) < 0) {
        perror("git");
        return 1;
    }
    while ((n = recv(s, bytes, sizeof bytes, 0)) > 0)
        all += (size_t)n;
    printf("%zu bytes\n", all);
    close(s);
    return n < 0;
}
