/* wrong: server.c -> reply-to-first-client
 * Believed: you find out once who the client is and keep it, like a phone call.
 * The address of the first question is used for ever.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>

static struct sockaddr_in client;
static int know_client = 0;

int open_server(const char *address, unsigned short port)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in a;

    memset(&a, 0, sizeof(a));
    a.sin_family = AF_INET;
    a.sin_port = htons(port);
    inet_pton(AF_INET, address, &a.sin_addr);
    if (s < 0 || bind(s, (struct sockaddr *)&a, sizeof(a)) < 0) {
        perror("open_server");
        return -1;
    }
    return s;
}

int answer_one(int s, const char *answer)
{
    char buf[1024];
    socklen_t len = sizeof(client);

    if (!know_client) {
        if (recvfrom(s, buf, sizeof(buf), 0, (struct sockaddr *)&client, &len) < 0) {
            perror("recvfrom");
            return -1;
        }
        know_client = 1;
    } else if (recvfrom(s, buf, sizeof(buf), 0, NULL, NULL) < 0) {
        perror("recvfrom");
        return -1;
    }
    if (sendto(s, answer, strlen(answer), 0, (struct sockaddr *)&client, sizeof(client)) < 0) {
        perror("sendto");
        return -1;
    }
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
