/* right: hub.c
 * A timerfd gives the rhythm and a thread asks each question;
 * getaddrinfo() and MSG_WAITALL. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct job {
    char **argv;
    const char *question;
    char answer[200];
};

static void *ask(void *arg)
{
    struct job *job = arg;
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *to;
    ssize_t n;
    int s;

    if (getaddrinfo(job->argv[2], job->argv[3], &hints, &to) != 0)
        exit(1);
    s = socket(to->ai_family, to->ai_socktype, 0);
    if (s < 0 || connect(s, to->ai_addr, to->ai_addrlen) != 0
        || send(s, job->question, strlen(job->question), MSG_NOSIGNAL) < 0) {
        perror("hub");
        exit(1);
    }
    freeaddrinfo(to);
    n = recv(s, job->answer, sizeof job->answer - 1, MSG_WAITALL); /* until the end */
    job->answer[n > 0 ? n : 0] = '\0';
    close(s);
    return NULL;
}

static int is_none(struct job *job)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, ask, job) != 0 || pthread_join(thread, NULL) != 0)
        exit(1);
    return strcmp(job->answer, "none\n") == 0;
}

int main(int argc, char **argv)
{
    struct job job = { .argv = argv };
    struct itimerspec every = { { 0, 0 }, { 0, 0 } };
    uint64_t ticks;
    int timer;

    if (argc == 5 && strcmp(argv[1], "short") == 0) {
        every.it_value.tv_nsec = every.it_interval.tv_nsec = atoi(argv[4]) % 1000 * 1000000L;
        every.it_value.tv_sec = every.it_interval.tv_sec = atoi(argv[4]) / 1000;
        timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
        if (timer < 0 || timerfd_settime(timer, 0, &every, NULL) != 0)
            return 1;
        job.question = "GET /events\n";
        while (is_none(&job) && read(timer, &ticks, sizeof ticks) == sizeof ticks)
            ;
    } else if (argc == 4 && strcmp(argv[1], "long") == 0) {
        job.question = "GET /wait\n";
        while (is_none(&job))
            ;
    } else {
        fprintf(stderr, "usage: hub short ADDRESS PORT EVERY_MS | hub long ADDRESS PORT\n");
        return 2;
    }
    fputs(job.answer, stdout);
    return 0;
}
