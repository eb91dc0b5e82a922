/* right: hub.c
 * The newline goes out by a send() of its own: TCP carries bytes, and nobody may count on where one send() ended. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Lets the kernel send a probe whenever S has been quiet for QUIET seconds. Returns 0, or -1. */
int keep_alive(int s, int quiet)
{
    int on = 1;

    /* On is one thing, when is another: without TCP_KEEPIDLE the first probe comes after two hours. */
    if (setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) != 0
        || setsockopt(s, IPPROTO_TCP, TCP_KEEPIDLE, &quiet, sizeof quiet) != 0
        || setsockopt(s, IPPROTO_TCP, TCP_KEEPINTVL, &quiet, sizeof quiet) != 0) {
        perror("setsockopt");
        return -1;
    }
    return 0;
}

/* Opens a connection to ADDRESS:PORT. Returns the socket, or -1. */
int call_cloud(const char *address, unsigned short port)
{
    struct sockaddr_in cloud;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&cloud, 0, sizeof cloud);
    cloud.sin_family = AF_INET;
    cloud.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &cloud.sin_addr) != 1
        || connect(s, (struct sockaddr *)&cloud, sizeof cloud) != 0) {
        perror("connect");
        return -1;
    }
    return s;
}

/* Sends TEXT and a newline. Returns 0, or -1. */
int send_line(int s, const char *text)
{
    if (send(s, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text))
        return -1;
    return send(s, "\n", 1, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

/* Gives NAME, then answers OK to each line that comes, until the cloud closes. */
int obey(int s, const char *name, const char *ok)
{
    char c;
    ssize_t n;

    if (send_line(s, name) != 0)
        return -1;
    while ((n = recv(s, &c, 1, 0)) == 1) {
        putchar(c);
        if (c == '\n' && send_line(s, ok) != 0)
            return -1;
    }
    return (int)n;
}

int main(int argc, char **argv)
{
    int s;

    if (argc != 6) {
        fprintf(stderr, "usage: hub ADDRESS PORT NAME OK QUIET\n");
        return 2;
    }
    s = call_cloud(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0 || keep_alive(s, atoi(argv[5])) != 0)
        return 1;
    return obey(s, argv[3], argv[4]) == 0 ? 0 : 1;
}
