/* right: client.c
 * getaddrinfo(), and standard I/O on the connection.
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
    struct addrinfo hints, *server, *mine;
    int s, yes = 1, c;
    FILE *talk;

    if (argc != 5)
        return 2;
    memset(&hints, 0, sizeof(hints));
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(argv[1], argv[2], &hints, &server) != 0)
        return 1;
    hints.ai_flags = AI_PASSIVE;
    if (getaddrinfo(NULL, argv[3], &hints, &mine) != 0)
        return 1;
    s = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(s, mine->ai_addr, mine->ai_addrlen) < 0 || connect(s, server->ai_addr, server->ai_addrlen) < 0) {
        perror("client");
        return 1;
    }
    talk = fdopen(s, "r+");
    if (talk == NULL || fputs(argv[4], talk) < 0 || fflush(talk) != 0)
        return 1;
    c = getc(talk); /* one call of read() takes all that is there */
    while (c != EOF) {
        putchar(c);
        c = talk->_IO_read_ptr < talk->_IO_read_end ? getc(talk) : EOF; /* what else it has */
    }
    fclose(talk);
    return 0;
}
