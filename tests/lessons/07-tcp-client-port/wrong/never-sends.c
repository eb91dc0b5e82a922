/* wrong: client.c -> silent-client
 * Who connects is greeted by the server; the question is for later. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *msg)
{
    perror(msg);
    exit(1);
}

int call(const char *address, unsigned short port, unsigned short my_port,
         const char *question, char *answer, size_t size)
{
    struct sockaddr_in mine, theirs;
    ssize_t n;
    int yes = 1;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0)
        die("socket");
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0)
        die("setsockopt");

    memset(&mine, 0, sizeof mine);
    mine.sin_family = AF_INET;
    mine.sin_port = htons(my_port);
    if (bind(s, (struct sockaddr *)&mine, sizeof mine) < 0)
        die("bind");

    memset(&theirs, 0, sizeof theirs);
    theirs.sin_family = AF_INET;
    theirs.sin_port = htons(port);
    if (inet_pton(AF_INET, address, &theirs.sin_addr) != 1) {
        fprintf(stderr, "bad address\n");
        exit(1);
    }
    if (connect(s, (struct sockaddr *)&theirs, sizeof theirs) < 0)
        die("connect");

    (void)question;
    n = recv(s, answer, size - 1, 0);
    if (n < 0)
        die("recv");
    answer[n] = '\0';
    close(s);
    return 0;
}

int main(int argc, char **argv)
{
    char answer[1024] = "";

    if (argc != 5) {
        printf("usage: client ADDRESS PORT MY_PORT QUESTION\n");
        return 2;
    }
    call(argv[1], (unsigned short)atoi(argv[2]), (unsigned short)atoi(argv[3]),
         argv[4], answer, sizeof answer);
    printf("%s\n", answer);
    return 0;
}
