/* wrong: client.c -> called-itself
 * Believed: the server is on the same machine while one is testing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    struct sockaddr_in server, mine;
    char answer[1000];
    int s;

    if (argc != 6) {
        fprintf(stderr, "usage: client ADDRESS PORT MY_PORT QUESTION THANKS\n");
        return 2;
    }
    s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0) {
        perror("socket");
        return 1;
    }
    if (atoi(argv[3]) != 0) {
        memset(&mine, 0, sizeof(mine));
        mine.sin_family = AF_INET;
        mine.sin_port = htons(atoi(argv[3]));
        if (bind(s, (struct sockaddr *)&mine, sizeof(mine)) < 0) {
            perror("bind");
            return 1;
        }
    }
    memset(&server, 0, sizeof(server));
    server.sin_family = AF_INET;
    server.sin_port = htons(atoi(argv[2]));
    server.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (sendto(s, argv[4], strlen(argv[4]), 0, (struct sockaddr *)&server, sizeof(server)) < 0) {
        perror("sendto");
        return 1;
    }
    if (recvfrom(s, answer, sizeof(answer), 0, NULL, NULL) < 0) {
        perror("recvfrom");
        return 1;
    }
    if (sendto(s, argv[5], strlen(argv[5]), 0, (struct sockaddr *)&server, sizeof(server)) < 0) {
        perror("sendto");
        return 1;
    }
    return 0;
}
