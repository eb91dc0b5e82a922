/* wrong: client.c -> bound-another-socket
 * Believed: a port is set for the program, and the socket that set it can go.
 */
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
    struct sockaddr_in me;
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (s < 0) {
        perror("socket");
        return -1;
    }
    if (my_port == 0)
        return s; /* the first sendto() will get it a port */
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(my_port);
    me.sin_addr.s_addr = htonl(INADDR_ANY); /* whichever address the way to the server has */
    if (bind(s, (struct sockaddr *)&me, sizeof(me)) < 0) {
        perror("bind");
        close(s);
        return -1;
    }
    close(s);
    return socket(AF_INET, SOCK_DGRAM, 0);
}

/* Sends TEXT, without its 0 byte, from S to ADDRESS, PORT. Returns 0, or -1. */
static int tell(int s, const char *address, unsigned short port, const char *text)
{
    struct sockaddr_in to;

    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    if (inet_pton(AF_INET, address, &to.sin_addr) != 1) {
        fprintf(stderr, "client: %s is no IPv4 address\n", address);
        return -1;
    }
    if (sendto(s, text, strlen(text), 0, (struct sockaddr *)&to, sizeof(to)) < 0) {
        perror("sendto");
        return -1;
    }
    return 0;
}

/* Sends QUESTION to ADDRESS, PORT and waits for the answer, which it writes
 * into ANSWER (room: SIZE bytes) as a C string. Returns 0, or -1. */
int ask(int s, const char *address, unsigned short port, const char *question, char *answer, size_t size)
{
    ssize_t n;

    if (tell(s, address, port, question) < 0)
        return -1;
    /* We do not look at who answers: an honest gap, see the end of the README. */
    n = recvfrom(s, answer, size - 1, 0, NULL, NULL);
    if (n < 0) {
        perror("recvfrom");
        return -1;
    }
    answer[n] = '\0';
    return 0;
}

/* Sends THANKS to ADDRESS, PORT, from the same socket. Returns 0, or -1. */
int thank(int s, const char *address, unsigned short port, const char *thanks)
{
    return tell(s, address, port, thanks);
}

/* Asks the kernel which port S has: 0 = none yet. */
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
