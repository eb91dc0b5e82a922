/* wrong: server.c -> bound-any-port
 * Believed: counting the arguments begins at 0 with the first one; atoi() of a word is 0.
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
    struct sockaddr_in name, peer;
    socklen_t size;
    char text[1000];
    const char *address = argv[1], *answer = argv[argc - 1];
    int port = atoi(argv[3]);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = inet_addr(address);
    if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof name) < 0) {
        perror("server");
        return 1;
    }
    for (;;) {
        size = sizeof peer;
        if (recvfrom(fd, text, sizeof text, 0, (struct sockaddr *)&peer, &size) >= 0)
            sendto(fd, answer, strlen(answer), 0, (struct sockaddr *)&peer, size);
    }
}
