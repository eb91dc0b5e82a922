/* wrong: server.c -> empty-message
 * Believed: the buffer that was cleared is the one that holds the answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int beantworte(int sock, const char *antwort)
{
    struct sockaddr_in wer;
    socklen_t laenge = sizeof(wer);
    char puffer[256], kopie[256];

    memset(puffer, 0, sizeof(puffer));
    memset(kopie, 0, sizeof(kopie));
    if (recvfrom(sock, puffer, sizeof(puffer) - 1, 0, (struct sockaddr *)&wer, &laenge) < 0)
        return -1;
    strncpy(puffer, antwort, sizeof(puffer) - 1);
    sendto(sock, kopie, strlen(kopie), 0, (struct sockaddr *)&wer, laenge);
    return 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in me;
    int s;

    if (argc != 4) {
        fprintf(stderr, "Usage: %s ADDRESS PORT ANSWER\n", argv[0]);
        return 2;
    }
    s = socket(AF_INET, SOCK_DGRAM, 0);
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(atoi(argv[2]));
    me.sin_addr.s_addr = inet_addr(argv[1]);
    if (bind(s, (struct sockaddr *)&me, sizeof(me)) < 0) {
        perror("bind");
        return 1;
    }
    while (beantworte(s, argv[3]) == 0)
        ;
    return 1;
}
