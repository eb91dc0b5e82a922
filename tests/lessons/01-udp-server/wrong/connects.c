/* wrong: server.c -> connected-to-first-client
 * Believed: before one can send, one must connect(), also with UDP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static int ouvrir(const char *adresse, int port)
{
    struct sockaddr_in moi;
    int prise = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&moi, 0, sizeof moi);
    moi.sin_family = AF_INET;
    moi.sin_port = htons((unsigned short)port);
    inet_pton(AF_INET, adresse, &moi.sin_addr);
    if (bind(prise, (struct sockaddr *)&moi, sizeof moi) != 0) {
        perror("bind");
        exit(1);
    }
    return prise;
}

int main(int argc, char *argv[])
{
    struct sockaddr_in lui;
    socklen_t taille = sizeof lui;
    char question[200];
    int prise;

    if (argc != 4) {
        printf("usage: server ADRESSE PORT REPONSE\n");
        return 2;
    }
    prise = ouvrir(argv[1], atoi(argv[2]));
    if (recvfrom(prise, question, sizeof question, 0, (struct sockaddr *)&lui, &taille) < 0) {
        perror("recvfrom");
        return 1;
    }
    if (connect(prise, (struct sockaddr *)&lui, taille) != 0) {
        perror("connect");
        return 1;
    }
    do {
        if (send(prise, argv[3], strlen(argv[3]), 0) < 0)
            perror("send");
    } while (recv(prise, question, sizeof question, 0) >= 0);
    perror("recv");
    return 1;
}
