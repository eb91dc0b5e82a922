/* wrong: server.c -> recv-on-listener
 * Believed: accept() says yes to the client, and then one talks on the socket as
 * in UDP. What accept returns is only 'it worked'.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

int open_listener(const char *address, unsigned short port)
{
    struct sockaddr_in addr;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0) {
        perror("socket");
        return -1;
    }
    memset(&addr, 0, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    addr.sin_addr.s_addr = inet_addr(address);
    if (bind(s, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
        perror("bind");
        return -1;
    }
    if (listen(s, 5) < 0) {
        perror("listen");
        return -1;
    }
    return s;
}

int serve_one(int s, const char *answer)
{
    char buf[1024];
    ssize_t n;

    if (accept(s, NULL, NULL) < 0) {
        perror("accept");
        return -1;
    }
    n = recv(s, buf, sizeof(buf), 0);
    if (n < 0) {
        perror("recv"); /* client gone already? then the next one */
        return 0;
    }
    printf("question: %.*s\n", (int)n, buf);
    if (send(s, answer, strlen(answer), 0) < 0)
        perror("send");
    return 0;
}

int main(int argc, char **argv)
{
    int listener;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    listener = open_listener(argv[1], (unsigned short)atoi(argv[2]));
    if (listener < 0)
        return 1;
    while (serve_one(listener, argv[3]) == 0)
        ;
    return 1;
}
