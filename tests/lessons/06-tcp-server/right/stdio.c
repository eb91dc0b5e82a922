/* right: server.c
 * Standard I/O on the connection, one stream for each direction.
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
    struct sockaddr_in me;
    int listener, conn;

    if (argc != 4)
        return 2;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(atoi(argv[2]));
    me.sin_addr.s_addr = inet_addr(argv[1]);
    if (bind(listener, (struct sockaddr *)&me, sizeof(me)) < 0 || listen(listener, 5) < 0) {
        perror("server");
        return 1;
    }
    while ((conn = accept(listener, NULL, NULL)) >= 0) {
        FILE *in = fdopen(conn, "r"), *out = fdopen(dup(conn), "w");

        if (in == NULL || out == NULL)
            return 1;
        if (getc(in) != EOF) {
            fputs(argv[3], out);
            fflush(out);
        }
        while (getc(in) != EOF)
            ;
        fclose(out);
        fclose(in);
    }
    return 1;
}
