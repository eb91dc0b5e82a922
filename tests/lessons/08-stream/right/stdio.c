/* right: client.c
 * The C library has a buffer and a line reader of its own.
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
    struct sockaddr_in to;
    char *line = NULL;
    size_t size = 0;
    FILE *in, *out;
    int s;

    if (argc != 5) {
        fprintf(stderr, "usage: client ADDRESS PORT QUESTION GOT\n");
        return 2;
    }
    s = socket(AF_INET, SOCK_STREAM, 0);
    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons(atoi(argv[2]));
    to.sin_addr.s_addr = inet_addr(argv[1]);
    if (connect(s, (struct sockaddr *)&to, sizeof(to)) < 0) {
        perror("connect");
        return 1;
    }
    in = fdopen(s, "r");
    out = fdopen(dup(s), "w");
    if (in == NULL || out == NULL)
        return 1;
    fprintf(out, "%s\n", argv[3]);
    fflush(out);
    while (getline(&line, &size, in) > 0) {
        fprintf(out, "%s %s", argv[4], line);
        fflush(out);
    }
    free(line);
    fclose(out);
    close(s);
    return 0;
}
