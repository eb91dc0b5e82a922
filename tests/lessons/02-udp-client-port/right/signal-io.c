/* right: client.c
 * The kernel says by a signal (SIGIO) that the answer is there; sigsuspend() waits for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <fcntl.h>
#include <signal.h>

static volatile sig_atomic_t arrived;

static void on_io(int number)
{
    arrived = number;
}

int main(int argc, char **argv)
{
    struct sockaddr_in server, mine;
    char answer[1000];
    sigset_t io, none;
    int s;

    if (argc != 6)
        return 2;
    sigemptyset(&none);
    sigemptyset(&io);
    sigaddset(&io, SIGIO);
    sigprocmask(SIG_BLOCK, &io, NULL);
    signal(SIGIO, on_io);
    s = socket(AF_INET, SOCK_DGRAM, 0);
    fcntl(s, F_SETOWN, getpid());
    fcntl(s, F_SETFL, O_ASYNC | O_NONBLOCK);
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
    while (recv(s, answer, sizeof(answer), 0) < 0)
        sigsuspend(&none);
    sendto(s, argv[5], strlen(argv[5]), 0, (struct sockaddr *)&server, sizeof(server));
    return arrived == SIGIO ? 0 : 1;
}
