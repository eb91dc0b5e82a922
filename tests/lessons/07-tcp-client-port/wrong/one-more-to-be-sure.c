/* wrong: client.c -> two-connections
 * Believed: a second connection is there for the answer.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Says which call failed and why, and gives the socket back. */
static int failed(const char *what, int s)
{
    perror(what);
    if (s >= 0)
        close(s);
    return -1;
}

/* Makes a TCP socket that has the port MY_PORT (0: any) on this host.
 * Returns it, or -1. */
static int open_from(unsigned short my_port)
{
    struct sockaddr_in me;
    int yes = 1;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0)
        return failed("socket", s);

    /* Before bind(), and in every run: bind() refuses a port in TIME_WAIT
     * unless this socket and the one that left it there both allowed it. */
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0)
        return failed("setsockopt", s);

    memset(&me, 0, sizeof me);
    me.sin_family = AF_INET;
    me.sin_port = htons(my_port); /* 0: bind() takes a free one */
    me.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(s, (struct sockaddr *)&me, sizeof me) != 0)
        return failed("bind", s);
    return s;
}

/* connect() sends the SYN: this is the moment that has a direction. */
static int connect_to(int s, const char *address, unsigned short port)
{
    struct sockaddr_in to;

    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    if (inet_pton(AF_INET, address, &to.sin_addr) != 1) {
        fprintf(stderr, "client: %s is not an IPv4 address\n", address);
        return -1;
    }
    if (connect(s, (struct sockaddr *)&to, sizeof to) != 0) {
        perror("connect");
        return -1;
    }
    return 0;
}

/* send() may take only a part; go on until all is sent. */
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

/* Calls ADDRESS:PORT, sends QUESTION, waits for the answer and closes.
 * ANSWER has room for SIZE bytes, the NUL at its end included.
 * Returns 0, or -1 when something failed. */
int call(const char *address, unsigned short port, unsigned short my_port,
         const char *question, char *answer, size_t size)
{
    int s = open_from(my_port), more;
    ssize_t n;

    if (s < 0)
        return -1;
    if (connect_to(s, address, port) != 0 || send_all(s, question, strlen(question)) != 0) {
        close(s);
        return -1;
    }

    more = open_from(0);
    if (more < 0 || connect_to(more, address, port) != 0)
        return -1;
    /* One recv() is enough for so short an answer; lesson 08 says when it is not. */
    n = recv(s, answer, size - 1, 0);
    if (n < 0)
        return failed("recv", s);
    answer[n] = '\0';
    close(s); /* first: so TIME_WAIT is ours */
    close(more);
    return n > 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    char answer[1024];

    if (argc != 5) {
        fprintf(stderr, "usage: client ADDRESS PORT MY_PORT QUESTION\n");
        return 2;
    }
    if (call(argv[1], (unsigned short)atoi(argv[2]), (unsigned short)atoi(argv[3]),
             argv[4], answer, sizeof answer) != 0) {
        fprintf(stderr, "client: the call did not work\n");
        return 1;
    }
    printf("%s\n", answer);
    return 0;
}
