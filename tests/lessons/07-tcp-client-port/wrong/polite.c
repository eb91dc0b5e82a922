/* wrong: client.c -> said-too-much
 * Believed: a little politeness cannot hurt.
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
    struct sockaddr_in me, server;
    char answer[1000];
    int s, yes = 1;
    ssize_t n;
    char words[1000];

    if (argc != 5) {
        fprintf(stderr, "usage: client ADDRESS PORT MY_PORT QUESTION\n");
        return 2;
    }
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) {
        perror("socket");
        return 1;
    }
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(atoi(argv[3]));
    if (bind(s, (struct sockaddr *)&me, sizeof(me)) < 0) {
        perror("bind");
        return 1;
    }
    memset(&server, 0, sizeof(server));
    server.sin_family = AF_INET;
    server.sin_port = htons(atoi(argv[2]));
    inet_pton(AF_INET, argv[1], &server.sin_addr);
    if (connect(s, (struct sockaddr *)&server, sizeof(server)) < 0) {
        perror("connect");
        return 1;
    }
    snprintf(words, sizeof(words), "%s, please", argv[4]);
    send(s, words, strlen(words), 0);
    n = recv(s, answer, sizeof(answer) - 1, 0);
    if (n > 0)
        printf("%.*s\n", (int)n, answer);
    close(s);
    return 0;
}
