/* wrong: client.c -> reset-not-fin
 * Believed: SO_LINGER with 0 makes close() quick, and the answer is not needed.
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
    struct linger quick = { 1, 0 };
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
    setsockopt(s, SOL_SOCKET, SO_LINGER, &quick, sizeof(quick));
    for (int i = 3; i < argc; i++) {
        snprintf(buf, sizeof(buf), "%s\n", argv[i]);
        send(s, buf, strlen(buf), 0);
    }
    close(s);
    return 0;
}
