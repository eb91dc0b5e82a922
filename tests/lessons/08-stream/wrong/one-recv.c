/* wrong: client.c -> hung-up-early
 * Believed: recv() brings the answer, and then one may close. What came is only
 * printed.
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
    char buf[1000], out[1200];
    ssize_t n;
    int s;

    if (argc != 5) {
        fprintf(stderr, "usage: client ADDRESS PORT QUESTION GOT\n");
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
    snprintf(out, sizeof(out), "%s\n", argv[3]);
    send(s, out, strlen(out), 0);
    n = recv(s, buf, sizeof(buf) - 1, 0);
    if (n > 0)
        printf("%.*s\n", (int)n, buf);
    close(s);
    return 0;
}
