/* wrong: hub.c -> ended-by-signal
 * Believed: alarm signals interrupt recv(), and then one can look after other things.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

static int call_cloud(const char *address, int port)
{
    struct sockaddr_in cloud;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&cloud, 0, sizeof cloud);
    cloud.sin_family = AF_INET;
    cloud.sin_port = htons(port);
    inet_pton(AF_INET, address, &cloud.sin_addr);
    if (connect(s, (struct sockaddr *)&cloud, sizeof cloud) != 0) {
        perror("connect");
        exit(1);
    }
    return s;
}

static int get_line(int s, char *line, int size)
{
    int n = 0;
    char c;

    while (recv(s, &c, 1, 0) == 1 && n < size - 1) {
        line[n++] = c;
        if (c == '\n')
            break;
    }
    line[n] = '\0';
    return n;
}

int main(int argc, char **argv)
{
    char line[500], text[500];
    int s;
    struct itimerval soon;

    if (argc != 5)
        return 2;
    memset(&soon, 0, sizeof soon);
    soon.it_value.tv_usec = 50000; /* look every 50 ms */
    soon.it_interval.tv_usec = 50000;
    s = call_cloud(argv[1], atoi(argv[2]));
    snprintf(text, sizeof text, "%s\n", argv[3]);
    send(s, text, strlen(text), 0);
    snprintf(text, sizeof text, "%s\n", argv[4]);
    setitimer(ITIMER_REAL, &soon, NULL);
    while (get_line(s, line, sizeof line) > 0)
        send(s, text, strlen(text), 0);
    close(s);
    return 0;
}
