/* right: mapping.c */
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

/* Three questions first, then three answers, in whatever order: who says it tells which one it is. */
int ask_all(int s, const struct sockaddr_in *servers, char seen[3][40])
{
    for (int i = 0; i < 3; i++)
        if (sendto(s, "?", 1, 0, (const struct sockaddr *)&servers[i], sizeof servers[i]) < 0)
            return -1;
    for (int i = 0; i < 3; i++) {
        struct sockaddr_in from;
        socklen_t size = sizeof from;
        char text[40];
        ssize_t n = recvfrom(s, text, sizeof text - 1, 0, (struct sockaddr *)&from, &size);

        if (n < 0)
            return -1;
        for (int j = 0; j < 3; j++)
            if (from.sin_port == servers[j].sin_port && from.sin_addr.s_addr == servers[j].sin_addr.s_addr)
                snprintf(seen[j], sizeof seen[j], "%.*s", (int)n, text);
    }
    return 0;
}

/* One of the three words of README.md; or NULL if something failed. */
const char *find_mapping(struct sockaddr_in s1, struct sockaddr_in s1_other, struct sockaddr_in s2)
{
    struct sockaddr_in servers[3] = {s1, s1_other, s2};
    char seen[3][40];
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (s < 0 || ask_all(s, servers, seen) != 0)
        return NULL;
    close(s);
    if (strcmp(seen[0], seen[1]) != 0)
        return "address-and-port-dependent";
    if (strcmp(seen[0], seen[2]) != 0)
        return "address-dependent";
    return "endpoint-independent";
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
