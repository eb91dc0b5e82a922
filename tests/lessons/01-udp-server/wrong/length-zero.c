/* wrong: server.c -> call-failed
 * Believed: the last argument of recvfrom() is only a result, so it starts at 0.
 * The kernel takes 0 for "no room": the sender's address is never written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int open_server(const char *address, unsigned short port)
{
    struct sockaddr_in name;
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (s < 0) {
        perror("socket");
        return -1;
    }
    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    inet_pton(AF_INET, address, &name.sin_addr);
    if (bind(s, (struct sockaddr *)&name, sizeof(name)) < 0) {
        perror("bind");
        return -1;
    }
    return s;
}

int answer_one(int s, const char *answer)
{
    char question[1024];
    struct sockaddr_in from;
    socklen_t from_len = 0;

    memset(&from, 0, sizeof(from));
    if (recvfrom(s, question, sizeof(question), 0, (struct sockaddr *)&from, &from_len) < 0) {
        perror("recvfrom");
        return -1;
    }
    if (sendto(s, answer, strlen(answer), 0, (struct sockaddr *)&from, from_len) < 0)
        perror("sendto");
    return 0;
}

int main(int argc, char **argv)
{
    int s;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    s = open_server(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0)
        return 1;
    while (answer_one(s, argv[3]) == 0)
        ;
    return 1;
}
