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
    (void)address, (void)port; /* such lines only keep the compiler quiet: delete them */

    /* TODO(5): as in lesson 06. */

    return -1;
}

/* Receives one line into LINE, without its newline.
 * Returns 1; 0 when the other side has closed; -1 on an error. */
int read_line(int s, char *line, size_t size)
{
    (void)s, (void)line, (void)size;

    /* TODO(6): as in hub.c. */

    return -1;
}

/* Takes the hub on socket HUB: its name, then one event, then its ok.
 * Returns 0, or -1 when there are no more events. */
int serve_hub(int hub)
{
    char event[1000];

    (void)read_line, (void)hub;

    /* TODO(7): read its name. */

    if (fgets(event, sizeof event, stdin) == NULL) /* waits until somebody types a line */
        return -1;

    /* TODO(8): send the event (its newline is in it) to the hub, and read its ok. */

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
