/* right: server.c
 * A thread for each connection, bound to every address of the host.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *answer;

static void *serve(void *argument)
{
    int conn = (int)(intptr_t)argument;
    char bytes[1024];

    if (recv(conn, bytes, sizeof(bytes), 0) > 0 &&
        send(conn, answer, strlen(answer), MSG_NOSIGNAL) > 0) {
        while (recv(conn, bytes, sizeof(bytes), 0) > 0) {
            /* until the client has closed */
        }
    }
    close(conn);
    return NULL;
}

static int open_listener(unsigned short port)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
    int s = socket(AF_INET, SOCK_STREAM, 0), yes = 1;

    name.sin_addr.s_addr = htonl(INADDR_ANY);
    if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 ||
        bind(s, (struct sockaddr *)&name, sizeof(name)) < 0 || listen(s, SOMAXCONN) < 0) {
        perror("open_listener");
        exit(1);
    }
    return s;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    int listener, conn;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    answer = argv[3];
    listener = open_listener((unsigned short)atoi(argv[2]));
    while ((conn = accept(listener, NULL, NULL)) >= 0) {
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)conn) != 0)
            serve((void *)(intptr_t)conn);
        else
            pthread_detach(thread);
    }
    perror("accept");
    return 1;
}
