/* wrong: hub.c -> extra-message
 * Believed: who polls is never through. */#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Opens a connection to ADDRESS:PORT. Returns the socket, or -1. */
static int call_cloud(const char *address, unsigned short port)
{
    struct sockaddr_in cloud;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0) {
        perror("socket");
        return -1;
    }
    memset(&cloud, 0, sizeof cloud);
    cloud.sin_family = AF_INET;
    cloud.sin_port = htons(port);
    if (inet_pton(AF_INET, address, &cloud.sin_addr) != 1)
        fprintf(stderr, "hub: %s is not an IPv4 address\n", address);
    else if (connect(s, (struct sockaddr *)&cloud, sizeof cloud) != 0)
        perror("connect");
    else
        return s;
    close(s);
    return -1;
}

static int send_all(int s, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = send(s, bytes, length, MSG_NOSIGNAL);

        if (n < 0) {
            perror("send");
            return -1;
        }
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

/* Receives until the other side closes, and cuts off the newline. What does not
 * fit into ANSWER is an error. Returns 0, or -1. */
static int read_to_end(int s, char *answer, size_t size)
{
    size_t length = 0;
    ssize_t n;

    while (length < size && (n = recv(s, answer + length, size - length, 0)) != 0) {
        if (n < 0) {
            perror("recv");
            return -1;
        }
        length += (size_t)n;
    }
    if (length == 0 || length == size || answer[length - 1] != '\n') {
        fprintf(stderr, "hub: the answer is not a line\n");
        return -1;
    }
    answer[length - 1] = '\0';
    return 0;
}

/* Connects to ADDRESS:PORT, sends QUESTION (its newline is in it), puts the line
 * that comes back into ANSWER without its newline, waits until the cloud has
 * closed, and closes. Returns 0, or -1. */
int ask(const char *address, unsigned short port, const char *question, char *answer, size_t size)
{
    int s = call_cloud(address, port);
    int result = -1;

    if (s < 0)
        return -1;
    if (send_all(s, question, strlen(question)) == 0)
        result = read_to_end(s, answer, size);
    close(s); /* now, not when the program ends: each question has its own connection */
    return result;
}

static void pause_ms(int ms)
{
    struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ; /* a signal cut the pause short: sleep for what is left */
}

/* Asks "GET /events" every EVERY_MS milliseconds until the answer is not "none". */
int poll_short(const char *address, unsigned short port, int every_ms)
{
    char answer[1000];

    for (;;) {
        if (ask(address, port, "GET /events\n", answer, sizeof answer) != 0)
            return -1;
        if (strcmp(answer, "none") != 0)
            printf("%s\n", answer);
        pause_ms(every_ms);
    }
}

/* Asks "GET /wait": the cloud answers when there is something. */
int poll_long(const char *address, unsigned short port)
{
    char answer[1000];

    do { /* a cloud that loses its patience says "none": then the question is put anew */
        if (ask(address, port, "GET /wait\n", answer, sizeof answer) != 0)
            return -1;
    } while (strcmp(answer, "none") == 0);
    printf("%s\n", answer);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "short") == 0)
        return poll_short(argv[2], (unsigned short)atoi(argv[3]), atoi(argv[4])) == 0 ? 0 : 1;
    if (argc == 4 && strcmp(argv[1], "long") == 0)
        return poll_long(argv[2], (unsigned short)atoi(argv[3])) == 0 ? 0 : 1;
    fprintf(stderr, "usage: hub short ADDRESS PORT EVERY_MS\n"
                    "       hub long ADDRESS PORT\n");
    return 2;
}
