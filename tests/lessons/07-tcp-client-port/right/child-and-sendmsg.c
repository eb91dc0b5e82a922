/* right: client.c
 * A child does the talk; the parent only waits for it. Sends with sendmsg(), a byte in each piece.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>

static int talk(char **argv)
{
    struct sockaddr_in me, server;
    struct iovec pieces[200];
    struct msghdr message;
    char answer[1000];
    int s = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    size_t i;

    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(atoi(argv[3]));
    memset(&server, 0, sizeof(server));
    server.sin_family = AF_INET;
    server.sin_port = htons(atoi(argv[2]));
    inet_pton(AF_INET, argv[1], &server.sin_addr);
    if (bind(s, (struct sockaddr *)&me, sizeof(me)) || connect(s, (struct sockaddr *)&server, sizeof(server))) {
        perror("client");
        return 1;
    }
    memset(&message, 0, sizeof(message));
    for (i = 0; i < strlen(argv[4]) && i < 200; i++) {
        pieces[i].iov_base = argv[4] + i;
        pieces[i].iov_len = 1;
    }
    message.msg_iov = pieces;
    message.msg_iovlen = i;
    if (sendmsg(s, &message, 0) < 0 || recv(s, answer, sizeof(answer), 0) <= 0)
        return 1;
    return close(s);
}

int main(int argc, char **argv)
{
    int status;

    if (argc != 5)
        return 2;
    if (fork() == 0)
        _exit(talk(argv));
    wait(&status);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
