/* right: client.c
 * Both names by getaddrinfo(), the talk by write() and read() on a connected socket.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <netdb.h>

static struct addrinfo *look_up(const char *host, const char *port)
{
    struct addrinfo hints, *list = NULL;

    memset(&hints, 0, sizeof(hints));
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_PASSIVE;
    if (getaddrinfo(host, port, &hints, &list) != 0)
        exit(1);
    return list;
}

int main(int argc, char **argv)
{
    struct addrinfo *server, *mine;
    char answer[1000];
    int s;

    if (argc != 6)
        return 2;
    server = look_up(argv[1], argv[2]);
    mine = look_up(NULL, argv[3]);
    s = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(s, mine->ai_addr, mine->ai_addrlen) < 0 || connect(s, server->ai_addr, server->ai_addrlen) < 0) {
        perror("client");
        return 1;
    }
    if (write(s, argv[4], strlen(argv[4])) < 0 || read(s, answer, sizeof(answer)) < 0 ||
        write(s, argv[5], strlen(argv[5])) < 0) {
        perror("client");
        return 1;
    }
    return 0;
}
