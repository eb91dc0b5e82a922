/* tcp_servers.c - the servers of tcp.trace: two right ones, six wrong ones. They are
 * complete: read them, leave them.
 *
 *     tcp_servers WHICH ADDRESS PORT ANSWER */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *answer;
static int number; /* of callers so far */

static int open_listener(const char *address, int port)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0 || inet_pton(AF_INET, address, &here.sin_addr) != 1
        || bind(s, (struct sockaddr *)&here, sizeof(here)) < 0 || listen(s, 16) < 0) {
        perror("tcp_servers");
        exit(1);
    }
    return s;
}

/* What has come; 0 at the end. */
static size_t hear(int conn, char *bytes, size_t room)
{
    ssize_t n = recv(conn, bytes, room, 0);

    return n < 0 ? 0 : (size_t)n;
}

static void say(int conn, const char *bytes, size_t length)
{
    if (send(conn, bytes, length, MSG_NOSIGNAL) < 0)
        perror("send");
}

static void hear_to_the_end(int conn)
{
    char bytes[1024];

    while (hear(conn, bytes, sizeof(bytes)) > 0) {
        /* until the caller has said fin */
    }
}

/* Right: a question, an answer; the end when the caller has ended. */
static void plain(int conn)
{
    char bytes[1024];

    hear(conn, bytes, sizeof(bytes));
    say(conn, answer, strlen(answer));
    hear_to_the_end(conn);
    close(conn);
}

/* Right as well: the answer in segments of one byte, and the end as soon as the caller has
 * said his last word. */
static void pieces(int conn)
{
    char bytes[1024];
    int yes = 1;

    if (setsockopt(conn, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)) < 0)
        perror("setsockopt");
    hear(conn, bytes, sizeof(bytes));
    for (size_t i = 0; answer[i] != '\0'; i++)
        say(conn, answer + i, 1);
    hear(conn, bytes, sizeof(bytes));
    shutdown(conn, SHUT_WR);
    hear_to_the_end(conn);
    close(conn);
}

/* Wrong: the question comes back. */
static void echo(int conn)
{
    char bytes[1024];

    say(conn, bytes, hear(conn, bytes, sizeof(bytes)));
    hear_to_the_end(conn);
    close(conn);
}

/* Wrong: a newline that nobody asked for. */
static void newline(int conn)
{
    char bytes[1024];
    int length;

    hear(conn, bytes, sizeof(bytes));
    length = snprintf(bytes, sizeof(bytes), "%s\n", answer);
    say(conn, bytes, (size_t)length);
    hear_to_the_end(conn);
    close(conn);
}

/* Wrong: the connection is never closed. */
static void never_closes(int conn)
{
    char bytes[1024];

    hear(conn, bytes, sizeof(bytes));
    say(conn, answer, strlen(answer));
    hear_to_the_end(conn);
}

/* Wrong: it hangs up while the caller has something to say. */
static void hangs_up(int conn)
{
    char bytes[1024];

    hear(conn, bytes, sizeof(bytes));
    say(conn, answer, strlen(answer));
    close(conn);
}

/* Wrong: the second caller is heard, and gets no answer. */
static void first_only(int conn)
{
    char bytes[1024];

    hear(conn, bytes, sizeof(bytes));
    if (++number == 1)
        say(conn, answer, strlen(answer));
    else
        shutdown(conn, SHUT_WR);
    hear_to_the_end(conn);
    close(conn);
}

/* Wrong: it says no word over the connection that was opened, and calls the caller back. */
static void calls_back(int conn)
{
    struct sockaddr_in from;
    socklen_t size = sizeof(from);
    char bytes[1024];
    int s = socket(AF_INET, SOCK_STREAM, 0);

    hear(conn, bytes, sizeof(bytes));
    if (s < 0 || getpeername(conn, (struct sockaddr *)&from, &size) < 0)
        return;
    from.sin_port = htons(6666);
    if (connect(s, (struct sockaddr *)&from, size) == 0)
        say(s, answer, strlen(answer));
    close(s);
    shutdown(conn, SHUT_WR);
    hear_to_the_end(conn);
    close(conn);
}

static const struct {
    const char *name;
    void (*serve)(int conn);
} servers[] = {
    { "plain", plain }, { "pieces", pieces }, { "echo", echo }, { "newline", newline },
    { "never-closes", never_closes }, { "hangs-up", hangs_up }, { "first-only", first_only },
    { "calls-back", calls_back },
};

int main(int argc, char **argv)
{
    int conn, listener;

    if (argc != 5) {
        fprintf(stderr, "usage: tcp_servers WHICH ADDRESS PORT ANSWER\n");
        return 2;
    }
    answer = argv[4];
    listener = open_listener(argv[2], atoi(argv[3]));
    for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++)
        while (strcmp(servers[i].name, argv[1]) == 0 && (conn = accept(listener, NULL, NULL)) >= 0)
            servers[i].serve(conn);
    fprintf(stderr, "tcp_servers: no server is called %s\n", argv[1]);
    return 2;
}
