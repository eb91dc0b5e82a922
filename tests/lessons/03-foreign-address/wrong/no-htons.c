/* wrong: server.c -> byte-order
 * Believed: a port is a number like any other. The trace names an address here, and no host.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a socket whose name is ADDRESS, PORT; or -1 if that failed. */
int bind_early(const char *address, unsigned short port)
{
    struct sockaddr_in name;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    int yes = 1;

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = port;
    if (s < 0 || inet_pton(AF_INET, address, &name.sin_addr) != 1)
        return -1;
    if (setsockopt(s, IPPROTO_IP, IP_FREEBIND, &yes, sizeof(yes)) < 0)
        return -1;
    if (bind(s, (struct sockaddr *)&name, sizeof(name)) < 0)
        return -1;
    return s;
}

/* Waits for one question and sends ANSWER to where it came from. */
int answer_one(int s, const char *answer)
{
    char question[2048];
    struct sockaddr_in from;
    socklen_t size = sizeof(from);

    if (recvfrom(s, question, sizeof(question), 0, (struct sockaddr *)&from, &size) < 0)
        return -1;
    return sendto(s, answer, strlen(answer), 0, (struct sockaddr *)&from, size) < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
    int port = argc == 4 ? atoi(argv[2]) : 0;
    int s;

    if (port < 1 || port > 65535) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    s = bind_early(argv[1], (unsigned short)port);
    if (s < 0) {
        perror("server: no socket to wait at");
        return 1;
    }
    while (answer_one(s, argv[3]) == 0) {
        /* and the next one */
    }
    perror("server");
    return 1;
}
