/* wrong: cloud.c -> echoed
 * Believed: the line that goes back is the one in the buffer.
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
    struct sockaddr_in here;
    char name[300], event[300];
    int listener, hub, n, on = 1;

    if (argc != 3)
        return 2;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    memset(&here, 0, sizeof here);
    here.sin_family = AF_INET;
    here.sin_port = htons(atoi(argv[2]));
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 1)) {
        perror("cloud");
        return 1;
    }
    hub = accept(listener, NULL, NULL);
    n = (int)recv(hub, name, sizeof name, 0);
    if (n > 0 && fgets(event, sizeof event, stdin) != NULL)
        send(hub, name, (size_t)n, 0);
    recv(hub, event, sizeof event, 0);
    close(hub);
    return 0;
}
