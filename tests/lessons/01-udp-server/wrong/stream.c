/* wrong: server.c -> wrong-transport
 * Believed: there is one kind of server, and it listens and accepts. Copied
 * from the first tutorial that came up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

int open_server(const char *address, unsigned short port)
{
    struct sockaddr_in addr;
    int server_fd;

    if ((server_fd = socket(AF_INET, SOCK_STREAM, 0)) < 0) {
        perror("socket failed");
        exit(EXIT_FAILURE);
    }
    memset(&addr, 0, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    addr.sin_addr.s_addr = inet_addr(address);
    if (bind(server_fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
        perror("bind failed");
        exit(EXIT_FAILURE);
    }
    if (listen(server_fd, 3) < 0) {
        perror("listen");
        exit(EXIT_FAILURE);
    }
    return server_fd;
}

int answer_one(int server_fd, const char *answer)
{
    char buffer[1024];
    int new_socket = accept(server_fd, NULL, NULL);

    if (new_socket < 0) {
        perror("accept");
        exit(EXIT_FAILURE);
    }
    if (read(new_socket, buffer, sizeof(buffer)) < 0)
        perror("read");
    if (send(new_socket, answer, strlen(answer), 0) < 0)
        perror("send");
    close(new_socket);
    return 0;
}

int main(int argc, char **argv)
{
    int server_fd;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
    server_fd = open_server(argv[1], (unsigned short)atoi(argv[2]));
    while (1)
        answer_one(server_fd, argv[3]);
}
