/* wrong: client.c -> source-not-bound
 * A client just connects, so MY_PORT is not needed:
 * connect() will do the rest. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    struct sockaddr_in server;
    char answer[256];
    int s, n;

    if (argc != 5) {
        printf("usage: client ADDRESS PORT MY_PORT QUESTION\n");
        return 2;
    }
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s == -1) {
        perror("socket");
        return 1;
    }

    memset(&server, 0, sizeof(server));
    server.sin_family = AF_INET;
    server.sin_port = htons((unsigned short)atoi(argv[2]));
    server.sin_addr.s_addr = inet_addr(argv[1]);
    if (connect(s, (struct sockaddr *)&server, sizeof(server)) == -1) {
        perror("connect");
        return 1;
    }
    send(s, argv[4], strlen(argv[4]), 0);
    n = (int)recv(s, answer, sizeof(answer) - 1, 0);
    if (n > 0) {
        answer[n] = '\0';
        printf("got: %s\n", answer);
    }
    close(s);
    return 0;
}
