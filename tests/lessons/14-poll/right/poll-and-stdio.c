/* right: hub.c
 * Waits with poll(), for answers without end and for the pause; reads
 * with stdio; the event is what does not begin with "none". */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
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

static int is_event(const char *host, const char *port, const char *question)
{
    char answer[200] = "", rest[200];
    struct pollfd p = { .fd = open_connection(host, port), .events = POLLIN };
    FILE *f;

    if (send(p.fd, question, strlen(question), MSG_NOSIGNAL) < 0)
        perror("send");
    while (poll(&p, 1, 20) == 0)
        ; /* nothing yet: go on waiting */
    f = fdopen(p.fd, "r");
    if (f == NULL || fgets(answer, sizeof answer, f) == NULL)
        exit(1);
    while (fgets(rest, sizeof rest, f) != NULL)
        ;
    fclose(f);
    if (strcmp(answer, "none\n") == 0)
        return 0;
    fputs(answer, stdout);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "short") == 0) {
        while (!is_event(argv[2], argv[3], "GET /events\n"))
            poll(NULL, 0, atoi(argv[4]));
    } else if (argc == 4 && strcmp(argv[1], "long") == 0) {
        while (!is_event(argv[2], argv[3], "GET /wait\n"))
            ;
    } else {
        fprintf(stderr, "usage: hub short ADDRESS PORT EVERY_MS | hub long ADDRESS PORT\n");
        return 2;
    }
    return 0;
}
