/* ask.c - given: asks one question by UDP and waits for the answer.
 *
 *     ask ADDRESS PORT QUESTION */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_in server;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    char answer[1000];
    ssize_t n;

    if (argc != 4) {
        fprintf(stderr, "usage: ask ADDRESS PORT QUESTION\n");
        return 2;
    }
    memset(&server, 0, sizeof server);
    server.sin_family = AF_INET;
    server.sin_port = htons((unsigned short)atoi(argv[2]));
    if (s < 0 || inet_pton(AF_INET, argv[1], &server.sin_addr) != 1 ||
        connect(s, (struct sockaddr *)&server, sizeof server) != 0 || send(s, argv[3], strlen(argv[3]), 0) < 0 ||
        (n = recv(s, answer, sizeof answer, 0)) < 0) {
        perror("ask");
        return 1;
    }
    printf("%.*s\n", (int)n, answer);
    close(s);
    return 0;
}
