/* right: client.c
 * The parent asks, a child waits with select() and thanks: one socket, two processes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/select.h>
#include <sys/wait.h>

int main(int argc, char **argv)
{
    struct sockaddr_in server, mine;
    char answer[1000];
    fd_set readable;
    int s, status;

    if (argc != 6)
        return 2;
    s = socket(AF_INET, SOCK_DGRAM, 0);
    memset(&mine, 0, sizeof(mine));
    mine.sin_family = AF_INET;
    mine.sin_port = htons(atoi(argv[3]));
    if (bind(s, (struct sockaddr *)&mine, sizeof(mine)) < 0)
        return 1;
    memset(&server, 0, sizeof(server));
    server.sin_family = AF_INET;
    server.sin_port = htons(atoi(argv[2]));
    inet_pton(AF_INET, argv[1], &server.sin_addr);
    sendto(s, argv[4], strlen(argv[4]), 0, (struct sockaddr *)&server, sizeof(server));
    if (fork() == 0) {
        FD_ZERO(&readable);
        FD_SET(s, &readable);
        if (select(s + 1, &readable, NULL, NULL, NULL) != 1 || recv(s, answer, sizeof(answer), 0) < 0)
            _exit(1);
        sendto(s, argv[5], strlen(argv[5]), 0, (struct sockaddr *)&server, sizeof(server));
        _exit(0);
    }
    wait(&status);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
