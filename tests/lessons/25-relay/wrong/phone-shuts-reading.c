/* wrong: phone.c -> shut-reading
 * Believed: SHUT_RD says that I want to read now. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Opens a connection to ADDRESS:PORT. Returns the socket, or -1. */
int call_cloud(const char *address, unsigned short port)
{
    struct sockaddr_in cloud;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&cloud, 0, sizeof cloud);
    cloud.sin_family = AF_INET;
    cloud.sin_port = htons(port);
    if (s < 0 || inet_pton(AF_INET, address, &cloud.sin_addr) != 1 ||
        connect(s, (struct sockaddr *)&cloud, sizeof cloud) != 0) {
        perror("phone");
        return -1;
    }
    return s;
}

/* Receives into TEXT until the other side has said fin, and puts a '\0' behind it. Returns 0, or -1. */
int receive_all(int s, char *text, size_t size)
{
    size_t length = 0;
    ssize_t n = 0;

    while (length + 1 < size && (n = recv(s, text + length, size - 1 - length, 0)) > 0)
        length += (size_t)n;
    text[length] = '\0';
    return n == 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    char order[1000], answer[1000];
    int s;

    if (argc != 4) {
        fprintf(stderr, "usage: phone ADDRESS PORT ORDER\n");
        return 2;
    }
    snprintf(order, sizeof order, "%s\n", argv[3]);
    s = call_cloud(argv[1], (unsigned short)atoi(argv[2]));
    if (s < 0)
        return 1;
    send(s, order, strlen(order), MSG_NOSIGNAL);
    shutdown(s, SHUT_RD); /* now I only read */
    if (receive_all(s, answer, sizeof answer) != 0)
        return 1;
    printf("%s", answer);
    close(s);
    return 0;
}
