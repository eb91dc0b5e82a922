/* wrong: server.c -> loopback-only
 * Believed: a server always binds to localhost, every tutorial does, and the
 * network finds it from there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int open_server(const char *address, unsigned short port)
{
    struct sockaddr_in servaddr;
    int sockfd = socket(AF_INET, SOCK_DGRAM, 0);

    if (sockfd < 0) {
        perror("socket creation failed");
        exit(1);
    }
    memset(&servaddr, 0, sizeof(servaddr));
    servaddr.sin_family = AF_INET;
    servaddr.sin_addr.s_addr = inet_addr("127.0.0.1");
    servaddr.sin_port = htons(port);
    if (bind(sockfd, (const struct sockaddr *)&servaddr, sizeof(servaddr)) < 0) {
        perror("bind failed");
        exit(1);
    }
    printf("Server for %s listening on port %d\n", address, port);
    return sockfd;
}

int answer_one(int sockfd, const char *answer)
{
    struct sockaddr_in cliaddr;
    socklen_t len = sizeof(cliaddr);
    char buffer[1024];
    ssize_t n;

    n = recvfrom(sockfd, buffer, sizeof(buffer) - 1, 0, (struct sockaddr *)&cliaddr, &len);
    if (n < 0) {
        perror("recvfrom failed");
        exit(1);
    }
    buffer[n] = '\0';
    printf("Client : %s\n", buffer);
    if (sendto(sockfd, answer, strlen(answer), 0, (struct sockaddr *)&cliaddr, len) < 0) {
        perror("sendto failed");
        exit(1);
    }
    return 0;
}

int main(int argc, char *argv[])
{
    int sockfd;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    sockfd = open_server(argv[1], (unsigned short)atoi(argv[2]));
    while (1)
        answer_one(sockfd, argv[3]);
}
