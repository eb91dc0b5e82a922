/* wrong: client.c -> rest-thrown-away
 * Believed: the buffer holds what came last, and a string ends at its newline.
 * But nobody empties the buffer or marks where the new bytes end.
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
    char buf[1000] = "", out[1200];
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
    while (strchr(buf, '\n') != NULL || recv(s, buf + strlen(buf), sizeof(buf) - 1 - strlen(buf), 0) > 0) {
        if (strchr(buf, '\n') == NULL)
            continue;
        *strchr(buf, '\n') = '\0';
        snprintf(out, sizeof(out), "%s %s\n", argv[4], buf);
        send(s, out, strlen(out), 0);
        memset(buf, 0, sizeof(buf));
    }
    close(s);
    return 0;
}
