/* right: hub.c
 * The pause is a timer that is read like a file; recv() with MSG_WAITALL until the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <stdint.h>
#include <sys/timerfd.h>

static void pause_ms(long ms)
{
    struct itimerspec when = { .it_value = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 } };
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    uint64_t ticks;

    timerfd_settime(timer, 0, &when, NULL);
    if (read(timer, &ticks, sizeof ticks) != sizeof ticks)
        perror("timer");
    close(timer);
}

int main(int argc, char **argv)
{
    struct sockaddr_in cloud;
    char answer[500];
    ssize_t n;
    int s, once;

    if (argc < 4)
        return 2;
    once = strcmp(argv[1], "long") == 0;
    memset(&cloud, 0, sizeof cloud);
    cloud.sin_family = AF_INET;
    cloud.sin_port = htons(atoi(argv[3]));
    inet_pton(AF_INET, argv[2], &cloud.sin_addr);
    for (;;) {
        s = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(s, (struct sockaddr *)&cloud, sizeof cloud) != 0)
            return 1;
        dprintf(s, "GET /%s\n", once ? "wait" : "events");
        n = recv(s, answer, sizeof answer - 1, MSG_WAITALL);
        close(s);
        if (n <= 0)
            return 1;
        answer[n] = '\0';
        if (strcmp(answer, "none\n") != 0)
            break;
        pause_ms(once ? 10 : atol(argv[4]));
    }
    fputs(answer, stdout);
    return 0;
}
