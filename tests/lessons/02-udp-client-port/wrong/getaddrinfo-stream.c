/* wrong: client.c -> wrong-transport
 * Believed: the first thing that getaddrinfo() returns will do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <netdb.h>

int main(int argc, char **argv)
{
    struct addrinfo hints, *list;
    char answer[1000];
    int s;

    if (argc != 6) {
        fprintf(stderr, "usage: client ADDRESS PORT MY_PORT QUESTION THANKS\n");
        return 2;
    }
    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_INET;
    if (getaddrinfo(argv[1], argv[2], &hints, &list) != 0) {
        fprintf(stderr, "getaddrinfo failed\n");
        return 1;
    }
    s = socket(list->ai_family, list->ai_socktype, list->ai_protocol);
    if (connect(s, list->ai_addr, list->ai_addrlen) < 0) {
        perror("connect");
        return 1;
    }
    send(s, argv[4], strlen(argv[4]), 0);
    recv(s, answer, sizeof answer, 0);
    send(s, argv[5], strlen(argv[5]), 0);
    freeaddrinfo(list);
    return 0;
}
