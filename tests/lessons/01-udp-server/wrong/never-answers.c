/* wrong: server.c -> no-answer
 * Believed: printing the answer is answering.
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
    ssize_t n = recvfrom(s, question, sizeof(question) - 1, 0, NULL, NULL);

    if (n < 0) {
        perror("recvfrom");
        return -1;
    }
    question[n] = 0;
    printf("question: %s\nanswer: %s\n", question, answer);
    fflush(stdout);
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
