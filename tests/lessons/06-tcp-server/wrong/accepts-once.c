/* wrong: server.c -> one-client-only
 * Believed: accept() belongs to opening the server; it is called once and gives
 * the socket for all clients.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

int open_server(const char *address, unsigned short port)
{
    struct sockaddr_in addr;
    int conn, s = socket(AF_INET, SOCK_STREAM, 0);

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
    conn = accept(s, NULL, NULL);
    if (conn < 0) {
        perror("accept");
        return -1;
    }
    return conn;
}

int serve_one(int conn, const char *answer)
{
    char buf[1024];
    ssize_t n = recv(conn, buf, sizeof(buf), 0);

    if (n < 0) {
        perror("recv");
        return -1;
    }
    if (n == 0) { /* this client is done */
        close(conn);
        pause(); /* until the next one comes */
        return 0;
    }
    if (send(conn, answer, strlen(answer), 0) < 0)
        perror("send");
    return 0;
}

int main(int argc, char **argv)
{
    int conn;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    conn = open_server(argv[1], (unsigned short)atoi(argv[2]));
    if (conn < 0)
        return 1;
    while (serve_one(conn, argv[3]) == 0)
        ;
    return 1;
}
