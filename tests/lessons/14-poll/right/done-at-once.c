/* right: hub.c
 * Behind its question the hub says that it is done, as in lesson 09: it has one question a connection, and still listens.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int ask(const char *address, unsigned short port, const char *question, char *answer, size_t size)
{
    struct sockaddr_in cloud = { .sin_family = AF_INET, .sin_port = htons(port) };
    int s = socket(AF_INET, SOCK_STREAM, 0);
    size_t have = 0;
    ssize_t n = -1;

    inet_pton(AF_INET, address, &cloud.sin_addr);
    if (s >= 0 && connect(s, (struct sockaddr *)&cloud, sizeof cloud) == 0 &&
        send(s, question, strlen(question), 0) == (ssize_t)strlen(question) && shutdown(s, SHUT_WR) == 0)
        while ((n = recv(s, answer + have, size - 1 - have, 0)) > 0)
            have += (size_t)n;
    if (n < 0)
        perror("hub");
    if (s >= 0)
        close(s);
    answer[have] = '\0';
    answer[strcspn(answer, "\n")] = '\0';
    return n == 0 && have > 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    char answer[1000] = "none";
    int is_short = argc == 5 && strcmp(argv[1], "short") == 0;

    if (!is_short && (argc != 4 || strcmp(argv[1], "long") != 0)) {
        fprintf(stderr, "usage: hub short ADDRESS PORT EVERY_MS\n       hub long ADDRESS PORT\n");
        return 2;
    }
    for (;;) {
        if (ask(argv[2], (unsigned short)atoi(argv[3]), is_short ? "GET /events\n" : "GET /wait\n", answer, sizeof answer) != 0)
            return 1;
        if (strcmp(answer, "none") != 0)
            break;
        if (is_short) {
            long ms = atol(argv[4]);
            struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };

            nanosleep(&pause, NULL);
        }
    }
    printf("%s\n", answer);
    return 0;
}
