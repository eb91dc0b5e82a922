/* wrong: kind.c -> no-answer
 * Believed: recvfrom() sets the size by itself. */
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

int is_same(struct sockaddr_in a, struct sockaddr_in b)
{
    return a.sin_addr.s_addr == b.sin_addr.s_addr && a.sin_port == b.sin_port;
}

/* Sends REQUEST to SERVER, and receives until SERVER itself answers; the answer is kept in ANSWER.
 * Returns how many datagrams came from elsewhere before it; or -1. */
int ask(int s, struct sockaddr_in server, const char *request, char *answer, size_t size)
{
    int knocks = 0;

    if (sendto(s, request, strlen(request), 0, (struct sockaddr *)&server, sizeof server) < 0)
        return -1;
    for (;;) {
        struct sockaddr_in from;
        socklen_t length = 0;
        ssize_t n = recvfrom(s, answer, size - 1, 0, (struct sockaddr *)&from, &length);

        if (n < 0)
            return -1;
        answer[n] = '\0';
        if (is_same(from, server))
            return knocks;
        knocks++;
    }
}

/* One of the four names of README.md; or NULL if something failed. */
const char *find_kind(struct sockaddr_in s1, struct sockaddr_in s2)
{
    char first[100], second[100], sent[100];
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    int other_port, other_host;

    if (s < 0 || ask(s, s1, "who am I?", first, sizeof first) < 0)
        return NULL;
    other_port = ask(s, s1, "other port", sent, sizeof sent);
    other_host = ask(s, s1, "other host", sent, sizeof sent);
    if (other_port < 0 || other_host < 0 || ask(s, s2, "who am I?", second, sizeof second) < 0)
        return NULL;
    close(s);
    if (strcmp(first, second) != 0)
        return "symmetric";
    if (other_host)
        return "full cone";
    if (other_port)
        return "restricted cone";
    return "port-restricted cone";
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
