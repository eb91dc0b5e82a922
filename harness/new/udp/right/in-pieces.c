/* right: server.c
 * recvmsg() and sendmsg(): the answer leaves from three pieces of memory as one datagram.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a socket whose name is ADDRESS, PORT; or -1 if that failed. */
static int open_server(const char *address, unsigned short port)
{
    struct sockaddr_in name;
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &name.sin_addr) != 1 ||
        bind(s, (struct sockaddr *)&name, sizeof(name)) < 0) {
        perror("open_server");
        return -1;
    }
    return s;
}

/* Waits for one name and sends GREETING, a blank and the name to where it came from.
 * Returns 0 to go on with the next one, -1 to end the server. */
static int greet_one(int s, const char *greeting)
{
    char name[512];
    char blank[] = " ";
    char *words = strdup(greeting);
    struct sockaddr_in from;
    struct iovec pieces[3] = {{words, strlen(greeting)}, {blank, 1}, {name, sizeof(name)}};
    struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &pieces[2], .msg_iovlen = 1};
    ssize_t n = words ? recvmsg(s, &message, 0) : -1;

    if (n < 0) {
        perror("recvmsg");
        return -1;
    }
    pieces[2].iov_len = (size_t)n;
    message.msg_iov = pieces;
    message.msg_iovlen = 3;
    n = sendmsg(s, &message, 0);
    free(words);
    return n < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
    int port = argc == 4 ? atoi(argv[2]) : 0;
    int s;

    if (port < 1 || port > 65535) {
        fprintf(stderr, "usage: server ADDRESS PORT GREETING\n");
        return 2;
    }
    s = open_server(argv[1], (unsigned short)port);
    if (s < 0)
        return 1;
    while (greet_one(s, argv[3]) == 0) {
        /* and the next one */
    }
    return 1;
}
