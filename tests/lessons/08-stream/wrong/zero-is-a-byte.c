/* wrong: client.c -> end-ignored
 * Believed: recv() returns -1 when there is no more to come.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Opens a connection to ADDRESS:PORT, as in lesson 07. Returns the socket, or -1. */
int call(const char *address, unsigned short port)
{
    struct sockaddr_in name;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &name.sin_addr) != 1
        || connect(s, (struct sockaddr *)&name, sizeof(name)) != 0) {
        perror("connect");
        return -1;
    }
    return s;
}

/* Sends all COUNT bytes. Returns 0, or -1. */
int send_all(int s, const char *bytes, size_t count)
{
    while (count > 0) {
        /* MSG_NOSIGNAL: a server that has left must not end us by SIGPIPE, see signal(7). */
        ssize_t n = send(s, bytes, count, MSG_NOSIGNAL);

        if (n < 0) {
            perror("send");
            return -1;
        }
        bytes += n;
        count -= (size_t)n;
    }
    return 0;
}

/* Puts the next line into LINE, which has room for SIZE bytes, without its newline
 * and with a 0 byte behind it. Returns 1; 0 when no more will come; -1 on an error. */
int read_line(int s, char *line, size_t size)
{
    size_t length = 0;
    char c;

    for (;;) {
        ssize_t n = recv(s, &c, 1, 0);

        if (n < 0)
            perror("recv");
        if (n < 0)
            return (int)n;
        if (c == '\n')
            break;
        if (length + 1 < size) /* what does not fit is thrown away */
            line[length++] = c;
    }
    line[length] = '\0';
    return 1;
}

/* Sends START, TEXT and a newline, in one piece: a second little piece might have to
 * wait until the first one is acknowledged. Returns 0, or -1. */
static int send_line(int s, const char *start, const char *text)
{
    char line[1200];
    int length = snprintf(line, sizeof(line), "%s%s\n", start, text);

    if (length < 0 || (size_t)length >= sizeof(line))
        return -1;
    return send_all(s, line, (size_t)length);
}

/* Asks, then says to each line what it got. Returns 0 when the server has closed, else -1. */
int talk(int s, const char *question, const char *got)
{
    char line[1000];
    int result;

    if (send_line(s, "", question) != 0)
        return -1;
    while ((result = read_line(s, line, sizeof(line))) == 1) {
        char start[100];

        snprintf(start, sizeof(start), "%s ", got);
        if (send_line(s, start, line) != 0)
            return -1;
    }
    return result;
}

int main(int argc, char **argv)
{
    int s, result;

    if (argc != 5) {
        fprintf(stderr, "usage: client ADDRESS PORT QUESTION GOT\n");
        return 2;
    }
    s = call(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0)
        return 1;
    result = talk(s, argv[3], argv[4]);
    close(s);
    return result == 0 ? 0 : 1;
}
