/* wrong: hub.c -> carriage-return
 * Believed: lines on the network end in \r\n, as in HTTP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static int call_cloud(const char *address, int port)
{
    struct sockaddr_in cloud;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&cloud, 0, sizeof cloud);
    cloud.sin_family = AF_INET;
    cloud.sin_port = htons(port);
    inet_pton(AF_INET, address, &cloud.sin_addr);
    if (connect(s, (struct sockaddr *)&cloud, sizeof cloud) != 0) {
        perror("connect");
        exit(1);
    }
    return s;
}

static int get_line(int s, char *line, int size)
{
    int n = 0;
    char c;

    while (recv(s, &c, 1, 0) == 1 && n < size - 1) {
        line[n++] = c;
        if (c == '\n')
            break;
    }
    line[n] = '\0';
    return n;
}

int main(int argc, char **argv)
{
    char line[500], text[500];
    int s;

    if (argc != 5)
        return 2;
    s = call_cloud(argv[1], atoi(argv[2]));
    snprintf(text, sizeof text, "%s\r\n", argv[3]);
    send(s, text, strlen(text), 0);
    snprintf(text, sizeof text, "%s\r\n", argv[4]);
    while (get_line(s, line, sizeof line) > 0)
        send(s, text, strlen(text), 0);
    close(s);
    return 0;
}
