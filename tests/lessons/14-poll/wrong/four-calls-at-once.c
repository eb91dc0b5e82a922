/* wrong: hub.c -> asked-in-parallel
 * Four questions are needed as a rule. With four sockets they need
 * not wait for each other. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_connection(const char *host, const char *port)
{
    struct sockaddr_in sa;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0) {
        perror("socket");
        exit(1);
    }
    memset(&sa, 0, sizeof sa);
    sa.sin_family = AF_INET;
    sa.sin_port = htons((unsigned short)atoi(port));
    if (inet_aton(host, &sa.sin_addr) == 0) {
        fprintf(stderr, "bad address %s\n", host);
        exit(1);
    }
    if (connect(s, (struct sockaddr *)&sa, sizeof sa) < 0) {
        perror("connect");
        exit(1);
    }
    return s;
}

static void get_line(int s, char *line, int max)
{
    int n = 0;
    char c;

    while (recv(s, &c, 1, 0) == 1 && c != '\n')
        if (n < max - 1)
            line[n++] = c;
    line[n] = '\0';
}

static void ask(const char *host, const char *port, const char *question, char *answer)
{
    int s = open_connection(host, port);

    send(s, question, strlen(question), 0);
    get_line(s, answer, 100);
    close(s);
}

static void poll_short(const char *host, const char *port, int every_ms)
{
    char answer[100];
    int s[4], i;

    (void)every_ms;
    for (i = 0; i < 4; i++) {
        s[i] = open_connection(host, port);
        send(s[i], "GET /events\n", 12, 0);
    }
    for (i = 0; i < 4; i++) {
        get_line(s[i], answer, sizeof answer);
        printf("answer %d: %s\n", i + 1, answer);
        close(s[i]);
    }
}

static void poll_long(const char *host, const char *port)
{
    char answer[100];

    ask(host, port, "GET /wait\n", answer);
    printf("event: %s\n", answer);
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "short") == 0) {
        poll_short(argv[2], argv[3], atoi(argv[4]));
    } else if (argc == 4 && strcmp(argv[1], "long") == 0) {
        poll_long(argv[2], argv[3]);
    } else {
        fprintf(stderr, "usage: hub short ADDRESS PORT EVERY_MS | hub long ADDRESS PORT\n");
        return 2;
    }
    return 0;
}
