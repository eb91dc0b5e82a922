/* cloud.c - the computer that everybody can reach. Hubs call it; it never calls.
 *
 *     cloud ADDRESS PORT
 *
 * Each line typed is an event for the hub that is connected. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Makes a socket that listens at ADDRESS:PORT. Returns it, or -1. */
int open_listener(const char *address, unsigned short port)
{
    struct sockaddr_in here;
    int yes = 1;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0) {
        perror("socket");
        return -1;
    }
    memset(&here, 0, sizeof here);
    here.sin_family = AF_INET;
    here.sin_port = htons(port);
    if (inet_pton(AF_INET, address, &here.sin_addr) != 1)
        fprintf(stderr, "cloud: %s is not an IPv4 address\n", address);
    else if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0)
        perror("setsockopt"); /* the cloud closes first, so TIME_WAIT is here */
    else if (bind(s, (struct sockaddr *)&here, sizeof here) != 0)
        perror("bind");
    else if (listen(s, 5) != 0)
        perror("listen");
    else
        return s;
    close(s);
    return -1;
}

/* Receives one line into LINE, without its newline.
 * Returns 1; 0 when the other side has closed; -1 on an error. */
int read_line(int s, char *line, size_t size)
{
    size_t length = 0;
    char c;

    for (;;) {
        ssize_t n = recv(s, &c, 1, 0);

        if (n < 0)
            perror("recv");
        if (n <= 0)
            return (int)n;
        if (c == '\n')
            break;
        if (length + 1 < size) /* what does not fit is dropped */
            line[length++] = c;
    }
    line[length] = '\0';
    return 1;
}

/* Sends all of it: send() may take only a part. */
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

/* Takes the hub on socket HUB: its name, then one event, then its ok.
 * Returns 0, or -1 when there are no more events. */
int serve_hub(int hub)
{
    char line[1000], event[1000];

    if (read_line(hub, line, sizeof line) != 1)
        return 0; /* it went without a name; another may come */
    printf("%s is here\n", line);

    if (fgets(event, sizeof event, stdin) == NULL) /* waits until somebody types a line */
        return -1;

    /* The way back is the connection that the hub opened: this very socket. */
    if (send_all(hub, event, strlen(event)) == 0 && read_line(hub, line, sizeof line) == 1)
        printf("it says: %s\n", line);
    return 0;
}

int main(int argc, char **argv)
{
    int listener, hub, result = 0;

    if (argc != 3) {
        fprintf(stderr, "usage: cloud ADDRESS PORT\n");
        return 2;
    }
    listener = open_listener(argv[1], (unsigned short)atoi(argv[2]));
    while (listener >= 0 && result == 0 && (hub = accept(listener, NULL, NULL)) >= 0) {
        result = serve_hub(hub);
        close(hub);
    }
    return result == 0 ? 1 : 0; /* no more events is a good end */
}
