/* mirror.c - tells everybody who asks by which name it sees him: "ADDRESS:PORT". Lesson 19 explains it.
 *
 *     mirror PORT [PORT] */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int open_port(int port)
{
    struct sockaddr_in here;
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&here, 0, sizeof here);
    here.sin_family = AF_INET;
    here.sin_port = htons((unsigned short)port);
    if (s < 0 || bind(s, (struct sockaddr *)&here, sizeof here) != 0) {
        perror("mirror");
        exit(1);
    }
    return s;
}

void answer(int s)
{
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    char question[1000], name[40];

    if (recvfrom(s, question, sizeof question, 0, (struct sockaddr *)&from, &size) < 0)
        return;
    snprintf(name, sizeof name, "%s:%d", inet_ntoa(from.sin_addr), ntohs(from.sin_port));
    if (sendto(s, name, strlen(name), 0, (struct sockaddr *)&from, size) < 0)
        perror("mirror");
}

int main(int argc, char **argv)
{
    struct pollfd ports[2] = {{-1, POLLIN, 0}, {-1, POLLIN, 0}};

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: mirror PORT [PORT]\n");
        return 2;
    }
    for (int i = 1; i < argc; i++)
        ports[i - 1].fd = open_port(atoi(argv[i]));
    while (poll(ports, 2, -1) > 0)
        for (int i = 0; i < 2; i++)
            if (ports[i].revents)
                answer(ports[i].fd);
    return 1;
}
