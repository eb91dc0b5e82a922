/* wrong: meet.c -> wrong-way
 * Believed: who is ready calls; the other one will call as well.
 */
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
    struct sockaddr_in name;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    int yes = 1;

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons((unsigned short)my_port);
    name.sin_addr.s_addr = htonl(INADDR_ANY);
    if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0)
        return -1;
    if (bind(s, (struct sockaddr *)&name, sizeof(name)) < 0)
        return -1;
    return s;
}

/* Calls ADDRESS, PORT. Returns 0 when there is a connection, or -1. */
int call(int s, const char *address, int port)
{
    struct sockaddr_in to;

    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons((unsigned short)port);
    if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
        return -1;
    return connect(s, (struct sockaddr *)&to, sizeof(to));
}

/* Says TEXT and nothing more; prints what the other side says until its end has
 * come. Returns 0, or -1. */
int talk(int s, const char *text)
{
    char heard[1024];
    ssize_t n;

    if (send(s, text, strlen(text), 0) < 0 || shutdown(s, SHUT_WR) < 0)
        return -1;
    while ((n = recv(s, heard, sizeof(heard), 0)) > 0)
        printf("%.*s\n", (int)n, heard);
    return n < 0 ? -1 : 0;
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
    if (call(s, argv[2], port) < 0 || talk(s, argv[4]) < 0) {
        perror("meet");
        return 1;
    }
    close(s);
    return 0;
}
