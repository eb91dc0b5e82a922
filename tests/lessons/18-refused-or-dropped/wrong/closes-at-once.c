/* wrong: probe.c -> open-not-recognized
 * Believed: a number stays good for poll() when its socket is closed. */#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Begins to call ADDRESS, PORT and does not wait. Returns the socket, or -1. */
int start_call(const char *address, unsigned short port)
{
    struct sockaddr_in to;
    int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1)
        return -1;
    if (connect(s, (struct sockaddr *)&to, sizeof(to)) < 0 && errno != EINPROGRESS)
        return -1;
    close(s);
    return s;
}

/* Waits at most MS milliseconds. Returns "open", "closed", "forbidden" or "silent". */
const char *wait_for_answer(int s, int ms)
{
    struct pollfd wait = {.fd = s, .events = POLLOUT};
    int error = 0;
    socklen_t size = sizeof(error);

    if (poll(&wait, 1, ms) == 0)
        return "silent";
    if (getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        return "silent";
    if (error == 0)
        return "open";
    return error == ECONNREFUSED ? "closed" : "forbidden";
}

/* Sends "PORT WORD" to the clerk, over a socket of UDP. Ready to use. */
int tell(int clerk, const char *port, const char *word)
{
    char text[64];
    int length = snprintf(text, sizeof(text), "%s %s", port, word);

    return send(clerk, text, (size_t)length, 0) == length ? 0 : -1;
}

/* A socket of UDP that sends to the clerk. Ready to use. */
int open_clerk(const char *address, int port)
{
    struct sockaddr_in to;
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons((unsigned short)port);
    if (s < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1 ||
        connect(s, (struct sockaddr *)&to, sizeof(to)) < 0)
        return -1;
    return s;
}

int main(int argc, char **argv)
{
    int clerk = argc > 5 ? open_clerk(argv[3], atoi(argv[4])) : -1;
    int s, i;

    if (clerk < 0) {
        fprintf(stderr, "usage: probe ADDRESS MS CLERK CLERK_PORT PORT...\n");
        return 2;
    }
    for (i = 5; i < argc; i++) {
        s = start_call(argv[1], (unsigned short)atoi(argv[i]));
        if (s < 0) {
            perror("probe: cannot call");
            return 1;
        }
        if (tell(clerk, argv[i], wait_for_answer(s, atoi(argv[2]))) < 0) {
            perror("probe: the clerk");
            return 1;
        }
        close(s);
    }
    return 0;
}
