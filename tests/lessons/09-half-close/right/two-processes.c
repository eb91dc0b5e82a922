/* right: client.c
 * The child listens, the parent speaks and says that it is done. shutdown() acts on
 * the connection, although two processes hold it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>

int main(int argc, char **argv)
{
    struct sockaddr_in to;
    char buf[1000];
    ssize_t n;
    pid_t child;
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
    child = fork();
    if (child < 0)
        return 1;
    if (child == 0) {
        while ((n = recv(s, buf, sizeof(buf), 0)) > 0)
            if (write(1, buf, (size_t)n) < 0)
                _exit(1);
        _exit(0);
    }
    for (int i = 3; i < argc; i++) {
        snprintf(buf, sizeof(buf), "%s\n", argv[i]);
        send(s, buf, strlen(buf), 0);
    }
    shutdown(s, SHUT_WR);
    close(s);
    waitpid(child, NULL, 0);
    return 0;
}
