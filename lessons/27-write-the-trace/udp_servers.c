/* udp_servers.c - the servers of udp.trace: two right ones, five wrong ones. They are
 * complete: read them, leave them.
 *
 *     udp_servers WHICH ADDRESS PORT ANSWER */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct question {
    char bytes[1024];
    size_t length;
    struct sockaddr_in from;
};

static const char *answer;
static int number; /* of questions so far */

/* A socket, bound to PORT; 0 lets the kernel choose. */
static int open_socket(const char *address, int port)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (s < 0 || inet_pton(AF_INET, address, &here.sin_addr) != 1
        || bind(s, (struct sockaddr *)&here, sizeof(here)) < 0) {
        perror("udp_servers");
        exit(1);
    }
    return s;
}

static void hear(int s, struct question *q)
{
    socklen_t size = sizeof(q->from);
    ssize_t n = recvfrom(s, q->bytes, sizeof(q->bytes), 0, (struct sockaddr *)&q->from, &size);

    if (n < 0) {
        perror("recvfrom");
        exit(1);
    }
    q->length = (size_t)n;
    number++;
}

static void say(int s, const char *bytes, size_t length, const struct question *q)
{
    if (sendto(s, bytes, length, 0, (const struct sockaddr *)&q->from, sizeof(q->from)) < 0)
        perror("sendto");
}

/* Right: each question is answered at once. */
static void plain(int s)
{
    struct question q;

    hear(s, &q);
    say(s, answer, strlen(answer), &q);
}

/* Right as well: it hears two, then answers the second one first. */
static void patient(int s)
{
    struct question first, second;

    hear(s, &first);
    hear(s, &second);
    say(s, answer, strlen(answer), &second);
    say(s, answer, strlen(answer), &first);
}

/* Wrong: the question comes back. */
static void echo(int s)
{
    struct question q;

    hear(s, &q);
    say(s, q.bytes, q.length, &q);
}

/* Wrong: one byte too many, the 0 behind the text. */
static void with_nul(int s)
{
    struct question q;

    hear(s, &q);
    say(s, answer, strlen(answer) + 1, &q);
}

/* Wrong: every question is answered twice. */
static void twice(int s)
{
    struct question q;

    hear(s, &q);
    say(s, answer, strlen(answer), &q);
    say(s, answer, strlen(answer), &q);
}

/* Wrong: the answer comes from another socket, and so from another port. */
static void second_socket(int s)
{
    static int other = -1;
    struct sockaddr_in here;
    socklen_t size = sizeof(here);
    char text[INET_ADDRSTRLEN];
    struct question q;

    if (other < 0 && getsockname(s, (struct sockaddr *)&here, &size) == 0
        && inet_ntop(AF_INET, &here.sin_addr, text, sizeof(text)))
        other = open_socket(text, 0);
    hear(s, &q);
    say(other, answer, strlen(answer), &q);
}

/* Wrong: only the first question gets an answer. */
static void first_only(int s)
{
    struct question q;

    hear(s, &q);
    if (number == 1)
        say(s, answer, strlen(answer), &q);
}

static const struct {
    const char *name;
    void (*serve)(int s);
} servers[] = {
    { "plain", plain }, { "patient", patient }, { "echo", echo }, { "with-nul", with_nul },
    { "twice", twice }, { "second-socket", second_socket }, { "first-only", first_only },
};

int main(int argc, char **argv)
{
    int s;

    if (argc != 5) {
        fprintf(stderr, "usage: udp_servers WHICH ADDRESS PORT ANSWER\n");
        return 2;
    }
    answer = argv[4];
    s = open_socket(argv[2], atoi(argv[3]));
    for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++)
        while (strcmp(servers[i].name, argv[1]) == 0)
            servers[i].serve(s);
    fprintf(stderr, "udp_servers: no server is called %s\n", argv[1]);
    return 2;
}
