/* wrong: mine.c -> wrong-conclusion
 * Believed: bind() returns 1 for yes and 0 for no.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns 1 if a socket of this host may have ADDRESS, 0 if not, -1 if that
 * could not be found out. */
int is_mine(const char *address)
{
    struct sockaddr_in name;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    int result = 0;

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    if (s < 0 || inet_pton(AF_INET, address, &name.sin_addr) != 1)
        return -1;
    if (bind(s, (struct sockaddr *)&name, sizeof(name)) < 0)
        result = errno == EADDRNOTAVAIL ? 1 : -1;
    close(s);
    return result;
}

/* Sends "ADDRESS mine" or "ADDRESS foreign" to the clerk. Ready to use. */
int tell(const char *clerk, int port, const char *address, int mine)
{
    static int s = -1;
    char text[64];
    struct sockaddr_in to;
    int length = snprintf(text, sizeof(text), "%s %s", address, mine ? "mine" : "foreign");

    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons((unsigned short)port);
    if (s < 0)
        s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0 || inet_pton(AF_INET, clerk, &to.sin_addr) != 1)
        return -1;
    return sendto(s, text, (size_t)length, 0, (struct sockaddr *)&to, sizeof(to)) == length ? 0 : -1;
}

int main(int argc, char **argv)
{
    int i, mine;

    if (argc < 4) {
        fprintf(stderr, "usage: mine CLERK CLERK_PORT ADDRESS...\n");
        return 2;
    }
    for (i = 3; i < argc; i++) {
        mine = is_mine(argv[i]);
        if (mine < 0 || tell(argv[1], atoi(argv[2]), argv[i], mine) < 0) {
            perror("mine");
            return 1;
        }
    }
    return 0;
}
