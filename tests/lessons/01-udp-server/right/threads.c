/* right: server.c
 * A new thread for each question; all of them send from the one socket.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct question {
    int s;
    const char *answer;
    struct sockaddr_in from;
    socklen_t size;
};

static void *answer_it(void *argument)
{
    struct question *q = argument;

    if (sendto(q->s, q->answer, strlen(q->answer), 0, (struct sockaddr *)&q->from, q->size) < 0)
        perror("sendto");
    free(q);
    return NULL;
}

static int open_server(const char *address, const char *port)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (inet_pton(AF_INET, address, &name.sin_addr) != 1 || s < 0 ||
        bind(s, (struct sockaddr *)&name, sizeof(name)) < 0) {
        perror("open_server");
        exit(1);
    }
    return s;
}

static void hear_one(int s, const char *answer)
{
    struct question *q = calloc(1, sizeof(*q));
    pthread_t thread;
    char bytes[1024];

    if (!q)
        exit(1);
    q->s = s;
    q->answer = answer;
    q->size = sizeof(q->from);
    if (recvfrom(s, bytes, sizeof(bytes), 0, (struct sockaddr *)&q->from, &q->size) < 0) {
        perror("recvfrom");
        exit(1);
    }
    if (pthread_create(&thread, NULL, answer_it, q) != 0)
        answer_it(q); /* no thread to be had: do it here */
    else
        pthread_detach(thread);
}

int main(int argc, char **argv)
{
    int s;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    s = open_server(argv[1], argv[2]);
    for (;;)
        hear_one(s, argv[3]);
}
