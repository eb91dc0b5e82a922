/* meet.c - lesson 12: two who call each other.
 *
 *     meet MY_PORT ADDRESS PORT TEXT
 *
 * calls ADDRESS, PORT from MY_PORT when you press Enter, says TEXT, and prints
 * what it is told. The other side does the same. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a TCP socket that is bound to MY_PORT; or -1. */
int open_at(int my_port)
{
    /* TODO(1): socket, SO_REUSEADDR, bind. */
    (void)my_port; /* only keeps the compiler quiet: delete it */
    return -1;
}

/* Calls ADDRESS, PORT. Returns 0 when there is a connection, or -1. */
int call(int s, const char *address, int port)
{
    /* TODO(2) */
    (void)s, (void)address, (void)port;
    return -1;
}

/* Says TEXT and nothing more; prints what the other side says until its end has
 * come. Returns 0, or -1. */
int talk(int s, const char *text)
{
    /* TODO(3): send, end your direction, receive until 0. */
    (void)s, (void)text;
    return -1;
}

int main(int argc, char **argv)
{
    int my_port = argc == 5 ? atoi(argv[1]) : 0, port = argc == 5 ? atoi(argv[3]) : 0;
    int s;

    if (my_port < 1 || my_port > 65535 || port < 1 || port > 65535) {
        fprintf(stderr, "usage: meet MY_PORT ADDRESS PORT TEXT\n");
        return 2;
    }
    s = open_at(my_port);
    if (s < 0) {
        perror("meet: no socket");
        return 1;
    }
    printf("meet: press Enter to call\n");
    fflush(stdout);
    getchar();
    if (call(s, argv[2], port) < 0 || talk(s, argv[4]) < 0) {
        perror("meet");
        return 1;
    }
    close(s);
    return 0;
}
