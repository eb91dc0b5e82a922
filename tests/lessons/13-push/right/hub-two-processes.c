/* right: hub.c
 * A child receives and hands the lines over a pipe; the parent answers.
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
    struct sockaddr_in cloud;
    char line[500], text[500], c;
    int s, way[2];
    FILE *orders;

    if (argc != 5 || pipe(way) != 0)
        return 2;
    s = socket(AF_INET, SOCK_STREAM, 0);
    memset(&cloud, 0, sizeof cloud);
    cloud.sin_family = AF_INET;
    cloud.sin_port = htons(atoi(argv[2]));
    inet_pton(AF_INET, argv[1], &cloud.sin_addr);
    if (connect(s, (struct sockaddr *)&cloud, sizeof cloud) != 0) {
        perror("connect");
        return 1;
    }
    if (fork() == 0) {
        while (recv(s, &c, 1, 0) == 1)
            if (write(way[1], &c, 1) != 1)
                break;
        _exit(0);
    }
    close(way[1]);
    dprintf(s, "%s\n", argv[3]);
    snprintf(text, sizeof text, "%s\n", argv[4]);
    orders = fdopen(way[0], "r");
    while (orders != NULL && fgets(line, sizeof line, orders) != NULL)
        send(s, text, strlen(text), MSG_NOSIGNAL);
    return 0;
}
