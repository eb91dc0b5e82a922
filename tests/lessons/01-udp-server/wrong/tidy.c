/* wrong: server.c -> bad-descriptor
 * Believed: whoever opens something in a function closes it at the function's end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int open_server(const char *address, int port)
{
    struct sockaddr_in name;
    int s;

    s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0) {
        perror("socket");
        return -1;
    }
    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = inet_addr(address);
    if (bind(s, (struct sockaddr *)&name, sizeof(name)) < 0)
        perror("bind");
    close(s);
    return s;
}

int main(int argc, char **argv)
{
    struct sockaddr_in from;
    socklen_t len = sizeof(from);
    char question[1024];
    int s;

    if (argc != 4)
        return 2;
    s = open_server(argv[1], atoi(argv[2]));
    for (;;) {
        if (recvfrom(s, question, sizeof(question), 0, (struct sockaddr *)&from, &len) < 0) {
            perror("recvfrom");
            return 1;
        }
        sendto(s, argv[3], strlen(argv[3]), 0, (struct sockaddr *)&from, len);
    }
}
