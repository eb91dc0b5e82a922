/* wrong: server.c -> accepted-not-read
 * Believed: count - 1 is the last place, and a loop stops before the last.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALLERS 100 /* at most, at once */

enum { LEFT, STAYS, STOPS }; /* what a caller did */

/* A socket that listens at ADDRESS, PORT, as in lesson 06; or -1. */
int open_listener(const char *address, unsigned short port)
{
    struct sockaddr_in name;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &name.sin_addr) != 1
        || bind(s, (struct sockaddr *)&name, sizeof(name)) != 0 || listen(s, 16) != 0) {
        perror("open_listener");
        return -1;
    }
    return s;
}

/* CALLER is ready: receives once, and sends ANSWER. Returns LEFT when he has closed
 * (or there was an error), STOPS when he said STOP, else STAYS. */
int answer_one(int caller, const char *answer, const char *stop)
{
    char question[1000];
    ssize_t n = recv(caller, question, sizeof(question) - 1, 0);

    if (n < 0)
        perror("recv");
    if (n <= 0)
        return LEFT;
    question[n] = '\0';
    printf("server: \"%s\"\n", question);
    if (strcmp(question, stop) == 0)
        return STOPS;
    /* MSG_NOSIGNAL: a caller that has left must not end the whole server (SIGPIPE). */
    if (send(caller, answer, strlen(answer), MSG_NOSIGNAL) < 0) {
        perror("send");
        return LEFT;
    }
    return STAYS;
}

/* Serves callers until one has said STOP and all have left. Returns 0, or -1. */
int serve(int listener, const char *answer, const char *stop)
{
    struct pollfd list[1 + CALLERS]; /* the listener, then the callers */
    int count = 1;

    list[0].fd = listener;
    list[0].events = POLLIN;
    while (list[0].fd >= 0 || count > 1) {
        if (poll(list, (nfds_t)count, -1) < 0) {
            perror("poll");
            return -1;
        }
        for (int i = 1; i < count - 1; i++) {
            int did = list[i].revents ? answer_one(list[i].fd, answer, stop) : STAYS;

            if (did == STAYS)
                continue;
            close(list[i].fd);
            list[i] = list[--count];
            if (did == STOPS && list[0].fd >= 0) {
                close(list[0].fd);
                list[0].fd = -1; /* poll() passes over it */
                list[0].revents = 0;
            }
        }
        if (list[0].fd >= 0 && list[0].revents) {
            int caller = accept(list[0].fd, NULL, NULL);

            if (caller >= 0 && count < 1 + CALLERS) {
                list[count].fd = caller;
                list[count].events = POLLIN;
                list[count++].revents = 0;
            } else if (caller >= 0) {
                close(caller); /* full */
            } else {
                perror("accept");
            }
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    int listener;

    if (argc != 5) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER STOP\n");
        return 2;
    }
    listener = open_listener(argv[1], (unsigned short)atoi(argv[2]));
    if (listener < 0)
        return 1;
    return serve(listener, argv[3], argv[4]) == 0 ? 0 : 1;
}
