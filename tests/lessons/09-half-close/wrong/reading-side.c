/* wrong: client.c -> shut-reading
 * Believed: I want to read now, so SHUT_RD.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    struct sockaddr_in to;
    char buf[1000];
    ssize_t n;
    int s;

    if (argc < 4) {
        fprintf(stderr, "usage: client ADDRESS PORT TEXT...\n");
        return 2;
    }
    s = socket(AF_INET, SOCK_STREAM, 0);
    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons(atoi(argv[2]));
    to.sin_addr.s_addr = inet_addr(argv[1]);
    if (connect(s, (struct sockaddr *)&to, sizeof(to)) < 0) {
        perror("connect");
        return 1;
    }
    for (int i = 3; i < argc; i++) {
        snprintf(buf, sizeof(buf), "%s\n", argv[i]);
        send(s, buf, strlen(buf), 0);
    }
    shutdown(s, SHUT_RD);
    while ((n = recv(s, buf, sizeof(buf), 0)) > 0)
        printf("%.*s", (int)n, buf);
    close(s);
    return 0;
}
