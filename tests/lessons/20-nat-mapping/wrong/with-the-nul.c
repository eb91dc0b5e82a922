/* wrong: mapping.c -> message-too-long
 * Believed: a text has a 0 byte at its end, on the wire too. */
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
        fprintf(stderr, "mapping: %s is no address\n", address);
        exit(2);
    }
    return name;
}

/* Asks SERVER through the socket S, and keeps the answer, "ADDRESS:PORT", in SEEN. Returns 0, or -1. */
int ask(int s, struct sockaddr_in server, char *seen, size_t size)
{
    ssize_t n;

    if (sendto(s, "who am I?", 9, 0, (struct sockaddr *)&server, sizeof server) < 0)
        return -1;
    n = recvfrom(s, seen, size - 1, 0, NULL, NULL);
    if (n < 0)
        return -1;
    seen[n] = '\0';
    return 0;
}

/* One of the three words of README.md; or NULL if something failed. */
const char *find_mapping(struct sockaddr_in s1, struct sockaddr_in s1_other, struct sockaddr_in s2)
{
    char first[40], second[40], third[40];
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (s < 0 || ask(s, s1, first, sizeof first) != 0 || ask(s, s1_other, second, sizeof second) != 0 ||
        ask(s, s2, third, sizeof third) != 0)
        return NULL;
    close(s);
    if (strcmp(first, second) != 0)
        return "address-and-port-dependent";
    if (strcmp(first, third) != 0)
        return "address-dependent";
    return "endpoint-independent";
}

/* Tells the clerk what was found out. */
int tell(struct sockaddr_in clerk, const char *word)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    return s >= 0 && sendto(s, word, strlen(word) + 1, 0, (struct sockaddr *)&clerk, sizeof clerk) >= 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    const char *word;

    if (argc != 7) {
        fprintf(stderr, "usage: mapping S1 PORT OTHER S2 CLERK DESK\n");
        return 2;
    }
    word = find_mapping(name_of(argv[1], argv[2]), name_of(argv[1], argv[3]), name_of(argv[4], argv[2]));
    if (!word || tell(name_of(argv[5], argv[6]), word) != 0) {
        perror("mapping");
        return 1;
    }
    printf("%s\n", word);
    return 0;
}
