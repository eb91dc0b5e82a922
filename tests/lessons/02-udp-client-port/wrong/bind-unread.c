/* wrong: client.c -> error-ignored
 * Believed: bind() is told how long the address is, and sizeof(me) of a pointer is
 * that. It fails, and nobody looks at what it returns.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>


struct sockaddr_in make_addr(const char *address, unsigned short port)
{
    struct sockaddr_in a;

    memset(&a, 0, sizeof(a));
    a.sin_family = AF_INET;
    a.sin_port = htons(port);
    a.sin_addr.s_addr = inet_addr(address);
    return a;
}

void name_socket(int s, struct sockaddr_in *me)
{
    bind(s, (struct sockaddr *)me, sizeof(me));
}

int open_client(unsigned short my_port)
{
    struct sockaddr_in me = make_addr("0.0.0.0", my_port);
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (s < 0)
        perror("socket");
    else if (my_port != 0)
        name_socket(s, &me);
    return s;
}

int ask(int s, const char *address, unsigned short port, const char *question, char *answer, size_t size)
{
    struct sockaddr_in to = make_addr(address, port);
    ssize_t n;

    if (sendto(s, question, strlen(question), 0, (struct sockaddr *)&to, sizeof(to)) < 0) {
        perror("sendto");
        return -1;
    }
    n = recvfrom(s, answer, size - 1, 0, NULL, NULL);
    if (n < 0) {
        perror("recvfrom");
        return -1;
    }
    answer[n] = '\0';
    return 0;
}

int thank(int s, const char *address, unsigned short port, const char *thanks)
{
    struct sockaddr_in to = make_addr(address, port);

    if (sendto(s, thanks, strlen(thanks), 0, (struct sockaddr *)&to, sizeof(to)) < 0) {
        perror("sendto");
        return -1;
    }
    return 0;
}

int own_port(int s)
{
    struct sockaddr_in me;
    socklen_t len = sizeof(me);

    if (getsockname(s, (struct sockaddr *)&me, &len) < 0)
        return -1;
    return ntohs(me.sin_port);
}

int main(int argc, char **argv)
{
    char answer[1024];
    unsigned short port;
    int s;

    if (argc != 6) {
        fprintf(stderr, "usage: client ADDRESS PORT MY_PORT QUESTION THANKS\n");
        return 2;
    }
    port = (unsigned short)atoi(argv[2]);
    s = open_client((unsigned short)atoi(argv[3]));
    if (s < 0)
        return 1;
    if (ask(s, argv[1], port, argv[4], answer, sizeof(answer)) < 0)
        return 1;
    printf("my port is %d, the answer is %s\n", own_port(s), answer);
    if (thank(s, argv[1], port, argv[5]) < 0)
        return 1;
    close(s);
    return 0;
}
