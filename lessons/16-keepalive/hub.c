/* hub.c - the hub of lesson 13, and a router that forgets. All but one function is there.
 *
 *     hub ADDRESS PORT NAME OK QUIET */
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
    (void)s, (void)quiet; /* only to keep the compiler quiet: delete this line */

    /* TODO(1): setsockopt(): switch keepalive on, and set its two times. */

    return 0;
}

/* Opens a connection to ADDRESS:PORT. Returns the socket, or -1. Ready to use. */
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

/* Sends TEXT and a newline. Returns 0, or -1. Ready to use. */
int send_line(int s, const char *text)
{
    char line[256];
    int length = snprintf(line, sizeof line, "%s\n", text);

    return send(s, line, (size_t)length, MSG_NOSIGNAL) == length ? 0 : -1;
}

/* Gives NAME, then answers OK to each line that comes, until the cloud closes. Ready to use. */
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
