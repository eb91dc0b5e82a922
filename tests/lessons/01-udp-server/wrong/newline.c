/* wrong: server.c -> newline-added
 * Believed: a line of text ends in a newline, also in a datagram.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int main(int argc, char *argv[])
{
    struct sockaddr_in ich, gast;
    socklen_t groesse;
    char frage[1000], antwort[1000];
    int s;

    if (argc != 4) {
        fprintf(stderr, "Aufruf: server ADRESSE PORT ANTWORT\n");
        return 2;
    }
    snprintf(antwort, sizeof(antwort), "%s\n", argv[3]);
    s = socket(AF_INET, SOCK_DGRAM, 0);
    memset(&ich, 0, sizeof(ich));
    ich.sin_family = AF_INET;
    ich.sin_addr.s_addr = htonl(INADDR_ANY);
    ich.sin_port = htons(atoi(argv[2]));
    if (bind(s, (struct sockaddr *)&ich, sizeof(ich)) == -1) {
        perror("bind");
        return 1;
    }
    while (1) {
        groesse = sizeof(gast);
        if (recvfrom(s, frage, sizeof(frage), 0, (struct sockaddr *)&gast, &groesse) == -1)
            return 1;
        sendto(s, antwort, strlen(antwort), 0, (struct sockaddr *)&gast, groesse);
    }
}
