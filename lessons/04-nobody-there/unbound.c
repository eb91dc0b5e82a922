/* unbound.c - lesson 04, given: a server that nobody can find.
 *
 * It waits for a datagram, and has never called bind(). */
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

int main(void)
{
    struct sockaddr_in name;
    socklen_t size = sizeof(name);
    char question[2048];
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (s < 0 || getsockname(s, (struct sockaddr *)&name, &size) < 0) {
        perror("unbound");
        return 1;
    }
    printf("unbound: I am port %d, and wait\n", ntohs(name.sin_port));
    fflush(stdout);
    recvfrom(s, question, sizeof(question), 0, NULL, NULL);
    printf("unbound: somebody has found me!\n");
    return 0;
}
