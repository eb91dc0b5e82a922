/* kind.c - finds out who may come in by the port that the router gave us, and so of which kind the NAT is.
 *
 *     kind S1 PORT S2 CLERK DESK */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct sockaddr_in name_of(const char *address, const char *port)
{
    struct sockaddr_in name;

    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_port = htons((unsigned short)atoi(port));
    if (inet_pton(AF_INET, address, &name.sin_addr) != 1) {
        fprintf(stderr, "kind: %s is no address\n", address);
        exit(2);
    }
    return name;
}

/* Sends REQUEST to SERVER, and receives until SERVER itself answers; the answer is kept in ANSWER.
 * Returns how many datagrams came from elsewhere before it; or -1. */
int ask(int s, struct sockaddr_in server, const char *request, char *answer, size_t size)
{
    (void)s, (void)server, (void)request, (void)size;
    answer[0] = '\0';

    /* TODO(1): send the request. */
    /* TODO(2): receive, again and again: whose datagram is it? The server's own ends it, others count. */

    return -1;
}

/* One of the four names of README.md; or NULL if something failed. */
const char *find_kind(struct sockaddr_in s1, struct sockaddr_in s2)
{
    (void)s1, (void)s2, (void)ask;

    /* TODO(3): one socket. Ask s1 "who am I?", "other port", "other host". */
    /* TODO(4): now, and not before, ask s2 "who am I?". Which name does all that make? */

    return NULL;
}

/* Tells the clerk what was found out. */
int tell(struct sockaddr_in clerk, const char *word)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    return s >= 0 && sendto(s, word, strlen(word), 0, (struct sockaddr *)&clerk, sizeof clerk) >= 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    const char *word;

    if (argc != 6) {
        fprintf(stderr, "usage: kind S1 PORT S2 CLERK DESK\n");
        return 2;
    }
    word = find_kind(name_of(argv[1], argv[2]), name_of(argv[3], argv[2]));
    if (!word || tell(name_of(argv[4], argv[5]), word) != 0) {
        perror("kind");
        return 1;
    }
    printf("%s\n", word);
    return 0;
}
