/* client.c - lesson 02: a UDP client.
 *
 *     client ADDRESS PORT MY_PORT QUESTION THANKS
 *
 * sends QUESTION to ADDRESS, PORT, waits for the answer, sends THANKS. It does
 * so from MY_PORT; if MY_PORT is 0, from a port that the kernel chooses. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a UDP socket, bound to MY_PORT if that is not 0; or -1. */
int open_client(unsigned short my_port)
{
    /* TODO(1): make the socket; bind it if there is a MY_PORT. */
    (void)my_port; /* such lines only keep the compiler quiet: delete them */
    return -1;
}

/* Sends QUESTION to ADDRESS, PORT and waits for the answer, which it writes
 * into ANSWER (room: SIZE bytes) as a C string. Returns 0, or -1. */
int ask(int s, const char *address, unsigned short port, const char *question, char *answer, size_t size)
{
    /* TODO(2): send QUESTION from the socket s. */
    /* TODO(3): wait for the answer; put a 0 byte behind it. */
    (void)s, (void)address, (void)port, (void)question, (void)answer, (void)size;
    return -1;
}

/* Sends THANKS to ADDRESS, PORT, from the same socket. Returns 0, or -1. */
int thank(int s, const char *address, unsigned short port, const char *thanks)
{
    /* TODO(4) */
    (void)s, (void)address, (void)port, (void)thanks;
    return -1;
}

/* Asks the kernel which port S has: 0 = none yet. Ready to use. */
int own_port(int s)
{
    struct sockaddr_in name;
    socklen_t size = sizeof(name);

    return getsockname(s, (struct sockaddr *)&name, &size) < 0 ? -1 : ntohs(name.sin_port);
}

int main(int argc, char **argv)
{
    int port = argc == 6 ? atoi(argv[2]) : 0, my_port = argc == 6 ? atoi(argv[3]) : 0;
    char answer[1024];
    int s;

    if (port < 1 || port > 65535 || my_port < 0 || my_port > 65535) {
        fprintf(stderr, "usage: client ADDRESS PORT MY_PORT QUESTION THANKS\n");
        return 2;
    }
    s = open_client((unsigned short)my_port);
    if (s < 0 || ask(s, argv[1], (unsigned short)port, argv[4], answer, sizeof(answer)) < 0)
        return 1;
    printf("client: I am port %d and was told \"%s\"\n", own_port(s), answer);
    return thank(s, argv[1], (unsigned short)port, argv[5]) < 0 ? 1 : 0;
}
