/* wrong: client.c -> never-said-done
 * Believed: with a stream to read and one to write, closing the one to write is
 * the end of that direction.
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
    char buf[1000];
    FILE *in, *out;
    int s;

    if (argc < 4) {
        fprintf(stderr, "usage: client ADDRESS PORT TEXT...\n");
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
    for (int i = 3; i < argc; i++)
        fprintf(out, "%s\n", argv[i]);
    fclose(out);
    while (fgets(buf, sizeof(buf), in) != NULL)
        printf("%s", buf);
    fclose(in);
    return 0;
}
