/* right: server.c
 * Reads and writes one byte at a time: a stream does not mind. It shuts its
 * side down before it closes, which is the same FIN.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int hear(int conn)
{
    char c;
    ssize_t n = read(conn, &c, 1);

    while (n == 1 && recv(conn, &c, 1, MSG_DONTWAIT) == 1) {
        /* what else is there */
    }
    return n == 1;
}

static void say(int conn, const char *answer)
{
    for (; *answer; answer++) {
        if (send(conn, answer, 1, MSG_NOSIGNAL) < 0) {
            perror("send");
            return;
        }
    }
}

static void serve(int conn, const char *answer)
{
    char c;

    if (hear(conn)) {
        say(conn, answer);
        while (read(conn, &c, 1) > 0) {
            /* until the client has closed */
        }
    }
    (void)shutdown(conn, SHUT_RDWR); /* fails if the client has reset: close() will do */
    close(conn);
}

int main(int argc, char **argv)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    int s = socket(AF_INET, SOCK_STREAM, 0), conn;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    name.sin_port = htons((unsigned short)atoi(argv[2]));
    name.sin_addr.s_addr = inet_addr(argv[1]);
    if (s < 0 || bind(s, (struct sockaddr *)&name, sizeof(name)) < 0 || listen(s, 1) < 0) {
        perror("listen");
        return 1;
    }
    while ((conn = accept(s, NULL, NULL)) >= 0)
        serve(conn, argv[3]);
    perror("accept");
    return 1;
}
