/* right: client.c
 * One thread speaks and another one listens, on the same socket.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int s;
static sem_t answered;

static void *listen_for_it(void *unused)
{
    char answer[1024];
    ssize_t n = recv(s, answer, sizeof(answer), 0);

    (void)unused;
    if (n < 0) {
        perror("recv");
        exit(1);
    }
    printf("client: \"%.*s\"\n", (int)n, answer);
    sem_post(&answered);
    return NULL;
}

static void tell(const struct sockaddr_in *to, const char *text)
{
    if (sendto(s, text, strlen(text), 0, (const struct sockaddr *)to, sizeof(*to)) < 0) {
        perror("sendto");
        exit(1);
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in me = {.sin_family = AF_INET}, server = {.sin_family = AF_INET};
    pthread_t listener;

    if (argc != 6) {
        fprintf(stderr, "usage: client ADDRESS PORT MY_PORT QUESTION THANKS\n");
        return 2;
    }
    me.sin_port = htons((unsigned short)atoi(argv[3]));
    server.sin_port = htons((unsigned short)atoi(argv[2]));
    server.sin_addr.s_addr = inet_addr(argv[1]);
    s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0 || bind(s, (struct sockaddr *)&me, sizeof(me)) < 0) {
        perror("bind"); /* before the thread: its recv() would wait on a socket without a name */
        return 1;
    }
    if (sem_init(&answered, 0, 0) < 0 || pthread_create(&listener, NULL, listen_for_it, NULL) != 0)
        return 1;
    tell(&server, argv[4]);
    while (sem_wait(&answered) < 0) {
        /* interrupted: wait again */
    }
    tell(&server, argv[5]);
    pthread_join(listener, NULL);
    return 0;
}
