/* right: server.c
 * An IPv6 socket with an IPv4-mapped name (ipv6(7)), and stdio on the connection.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_listener(const char *address, unsigned short port)
{
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    int s = socket(AF_INET6, SOCK_STREAM, 0), no = 0;
    char mapped[64];

    snprintf(mapped, sizeof(mapped), "::ffff:%s", address);
    if (s < 0 || inet_pton(AF_INET6, mapped, &name.sin6_addr) != 1 ||
        setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)) < 0 ||
        bind(s, (struct sockaddr *)&name, sizeof(name)) < 0 || listen(s, 4) < 0) {
        perror("open_listener");
        exit(1);
    }
    return s;
}

static void serve(int conn, const char *answer)
{
    char bytes[1024];
    FILE *out;

    if (read(conn, bytes, sizeof(bytes)) > 0) {
        out = fdopen(dup(conn), "w");
        if (out) {
            fputs(answer, out);
            fclose(out); /* sends it; the connection stays open in conn */
        }
        while (read(conn, bytes, sizeof(bytes)) > 0) {
            /* until the client has closed */
        }
    }
    close(conn);
}

int main(int argc, char **argv)
{
    int listener, conn;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    listener = open_listener(argv[1], (unsigned short)atoi(argv[2]));
    while ((conn = accept(listener, NULL, NULL)) >= 0)
        serve(conn, argv[3]);
    perror("accept");
    return 1;
}
