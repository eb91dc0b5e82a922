/* right: server.c
 * Takes a moment for each answer: a timer sends SIGALRM, which a descriptor tells of (signalfd). */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct itimerval moment = {{0, 0}, {0, 200000}};
    struct sockaddr_in here, from;
    socklen_t size = sizeof(from);
    char question[1024];
    sigset_t alarms;
    struct signalfd_siginfo told;
    int s = socket(AF_INET, SOCK_DGRAM, 0), clock;

    if (argc != 4)
        return 2;
    memset(&here, 0, sizeof(here));
    here.sin_family = AF_INET;
    here.sin_port = htons((unsigned short)atoi(argv[2]));
    here.sin_addr.s_addr = inet_addr(argv[1]);
    if (bind(s, (struct sockaddr *)&here, sizeof(here)) < 0)
        return 1;
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    sigprocmask(SIG_BLOCK, &alarms, NULL);
    clock = signalfd(-1, &alarms, 0);
    while (recvfrom(s, question, sizeof(question), 0, (struct sockaddr *)&from, &size) >= 0) {
        setitimer(ITIMER_REAL, &moment, NULL);
        if (read(clock, &told, sizeof(told)) != sizeof(told))
            return 1;
        sendto(s, argv[3], strlen(argv[3]), 0, (struct sockaddr *)&from, size);
        size = sizeof(from);
    }
    return 1;
}
