/* wrong: client.c -> address-in-use
 * Nothing else runs on my machine, so the port must be free. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int call(const char *address, int port, int my_port, const char *question, char *answer, int size)
{
    int sock = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in me = {0};
    struct sockaddr_in you = {0};

    me.sin_family = AF_INET;
    me.sin_addr.s_addr = INADDR_ANY;
    me.sin_port = htons((unsigned short)my_port);
    if (bind(sock, (struct sockaddr *)&me, sizeof me) < 0) {
        perror("bind");
        exit(1);
    }

    you.sin_family = AF_INET;
    you.sin_port = htons((unsigned short)port);
    inet_pton(AF_INET, address, &you.sin_addr);
    if (connect(sock, (struct sockaddr *)&you, sizeof you) < 0) {
        perror("connect");
        exit(1);
    }

    send(sock, question, strlen(question), 0);
    int n = (int)read(sock, answer, (size_t)size - 1);
    if (n < 0)
        n = 0;
    answer[n] = 0;
    close(sock);
    return 0;
}

int main(int argc, char *argv[])
{
    char answer[500];

    if (argc != 5) {
        printf("usage: client ADDRESS PORT MY_PORT QUESTION\n");
        return 2;
    }
    call(argv[1], atoi(argv[2]), atoi(argv[3]), argv[4], answer, 500);
    puts(answer);
    return 0;
}
