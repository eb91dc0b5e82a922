/* wrong: server.c -> answer-to-other-caller
 * Believed: conn is the connection. It is, until the next accept().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <poll.h>

int main(int argc, char **argv)
{
    struct sockaddr_in me;
    int listener, conn;
    struct pollfd list[101];
    int count = 1;
    char buf[1000];

    if (argc != 5) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER STOP\n");
        return 2;
    }
    listener = socket(AF_INET, SOCK_STREAM, 0);
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(atoi(argv[2]));
    me.sin_addr.s_addr = inet_addr(argv[1]);
    if (bind(listener, (struct sockaddr *)&me, sizeof(me)) < 0 || listen(listener, 16) < 0) {
        perror("server");
        return 1;
    }
    list[0].fd = listener;
    list[0].events = POLLIN;
    while ((list[0].fd >= 0 || count > 1) && poll(list, (nfds_t)count, -1) > 0) {
        if (list[0].fd >= 0 && list[0].revents != 0 && count < 101) {
            conn = accept(listener, NULL, NULL);
            list[count].fd = conn;
            list[count].events = POLLIN;
            list[count].revents = 0;
            count++;
        }
        for (int i = 1; i < count; i++) {
            ssize_t n;

            if (list[i].revents == 0)
                continue;
            n = recv(list[i].fd, buf, sizeof(buf) - 1, 0);
            if (n <= 0) {
                close(list[i].fd);
                list[i--] = list[--count];
                continue;
            }
            buf[n] = '\0';
            if (strcmp(buf, argv[4]) == 0) {
                close(listener);
                list[0].fd = -1;
                close(list[i].fd);
                list[i--] = list[--count];
                continue;
            }
            send(conn, argv[3], strlen(argv[3]), MSG_NOSIGNAL);
        }
    }
    return 0;
}
