/* right: hub.c
 * The socket as two streams of stdio, and getaddrinfo(). */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *found;
    char *line = NULL;
    size_t size = 0;
    FILE *in, *out;
    int s, error;

    if (argc != 5) {
        fprintf(stderr, "usage: hub ADDRESS PORT NAME OK\n");
        return 2;
    }
    error = getaddrinfo(argv[1], argv[2], &hints, &found);
    if (error != 0) {
        fprintf(stderr, "hub: %s\n", gai_strerror(error));
        return 1;
    }
    s = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
    if (s < 0 || connect(s, found->ai_addr, found->ai_addrlen) != 0) {
        perror("hub");
        return 1;
    }
    freeaddrinfo(found);
    in = fdopen(s, "r");
    out = fdopen(dup(s), "w");
    if (in == NULL || out == NULL)
        return 1;
    fprintf(out, "%s\n", argv[3]);
    fflush(out);
    while (getline(&line, &size, in) > 0) {
        fprintf(out, "%s\n", argv[4]);
        fflush(out);
    }
    free(line);
    fclose(out);
    fclose(in);
    return 0;
}
