/* wrong: server.c -> length-of-question
 * Believed: n is the number of bytes, so n goes into send().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int bedienen(int verbindung, const char *antwort)
{
    char frage[1000], puffer[1000] = "";
    int n;

    n = (int)recv(verbindung, frage, sizeof(frage), 0);
    if (n < 0)
        return -1;
    strncpy(puffer, antwort, sizeof(puffer) - 1);
    if (send(verbindung, puffer, (size_t)n, 0) < 0)
        return -1;
    while (recv(verbindung, frage, sizeof(frage), 0) > 0)
        ;
    return close(verbindung);
}

int main(int argc, char **argv)
{
    struct sockaddr_in me;
    int listener, conn;

    if (argc != 4) {
        fprintf(stderr, "usage: server ADDRESS PORT ANSWER\n");
        return 2;
    }
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
        if (bedienen(conn, argv[3]) < 0)
            return 1;
    }
    perror("accept");
    return 1;
}
