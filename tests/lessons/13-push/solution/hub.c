/* hub.c - the box at home: calls the cloud, then does what the cloud says.
 *
 *     hub ADDRESS PORT NAME OK */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Opens a connection to ADDRESS:PORT. Returns the socket, or -1. */
int call_cloud(const char *address, unsigned short port)
{
    struct sockaddr_in cloud;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0) {
        perror("socket");
        return -1;
    }
    memset(&cloud, 0, sizeof cloud);
    cloud.sin_family = AF_INET;
    cloud.sin_port = htons(port);
    if (inet_pton(AF_INET, address, &cloud.sin_addr) != 1)
        fprintf(stderr, "hub: %s is not an IPv4 address\n", address);
    else if (connect(s, (struct sockaddr *)&cloud, sizeof cloud) != 0)
        perror("connect");
    else
        return s;
    close(s);
    return -1;
}

/* Sends all of it: send() may take only a part. */
static int send_all(int s, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = send(s, bytes, length, MSG_NOSIGNAL);

        if (n < 0) {
            perror("send");
            return -1;
        }
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

/* Sends TEXT and a newline. Returns 0, or -1. */
int send_line(int s, const char *text)
{
    char line[256];
    int length = snprintf(line, sizeof line, "%s\n", text);

    if (length < 0 || (size_t)length >= sizeof line)
        return -1;
    /* In one piece: the kernel would hold a second little piece back until the
     * first one is acknowledged, and that takes up to 40 ms (Nagle's algorithm). */
    return send_all(s, line, (size_t)length);
}

/* Receives one line into LINE, without its newline.
 * Returns 1; 0 when the other side has closed; -1 on an error. */
int read_line(int s, char *line, size_t size)
{
    size_t length = 0;
    char c;

    for (;;) {
        ssize_t n = recv(s, &c, 1, 0);

        if (n < 0)
            perror("recv");
        if (n <= 0)
            return (int)n;
        if (c == '\n')
            break;
        if (length + 1 < size) /* what does not fit is dropped */
            line[length++] = c;
    }
    line[length] = '\0';
    return 1;
}

/* Gives NAME, then answers OK to each line that comes, until the cloud closes. */
int obey(int s, const char *name, const char *ok)
{
    char order[1000];
    int result;

    if (send_line(s, name) != 0)
        return -1;

    /* Between two orders recv() sleeps, for hours if need be: no packet, no work. */
    while ((result = read_line(s, order, sizeof order)) == 1) {
        printf("%s\n", order);
        if (send_line(s, ok) != 0)
            return -1;
    }
    return result;
}

int main(int argc, char **argv)
{
    int s, result;

    if (argc != 5) {
        fprintf(stderr, "usage: hub ADDRESS PORT NAME OK\n");
        return 2;
    }
    s = call_cloud(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0)
        return 1;
    result = obey(s, argv[3], argv[4]);
    close(s);
    return result == 0 ? 0 : 1;
}
