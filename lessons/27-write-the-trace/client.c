/* client.c - the clients of this lesson. It is complete: read it, leave it.
 *
 *     client udp ADDRESS PORT QUESTION ANSWER FROM
 *     client udp-stays ADDRESS PORT QUESTION ANSWER FROM
 *     client tcp ADDRESS PORT QUESTION ANSWER FROM LAST-WORD
 *     client patient ADDRESS PORT QUESTION ANSWER FROM LAST-WORD
 *
 * asks, and waits for an answer as long as ANSWER. FROM is the port to bind; with 0 the kernel
 * chooses one. Over UDP it then ends; the one that stays hears whatever else comes. Over TCP it
 * then says LAST-WORD and ends; the patient one waits for the server's end before its own. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A socket that is connected to ADDRESS, PORT; of UDP too, so that send() knows where to. */
static int open_socket(int type, const char *address, int port, int from)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons((unsigned short)from) };
    struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };
    int s = socket(AF_INET, type, 0);

    if (s < 0 || inet_pton(AF_INET, address, &there.sin_addr) != 1
        || bind(s, (struct sockaddr *)&here, sizeof(here)) < 0
        || connect(s, (struct sockaddr *)&there, sizeof(there)) < 0) {
        perror("client");
        exit(1);
    }
    return s;
}

static void say(int s, const char *text)
{
    if (send(s, text, strlen(text), MSG_NOSIGNAL) < 0)
        perror("send");
}

/* Waits until COUNT bytes have come. 1, or 0 if the end came first. */
static int hear(int s, size_t count)
{
    char bytes[1024];
    size_t heard = 0;

    while (heard < count) {
        ssize_t n = recv(s, bytes, sizeof(bytes), 0);

        if (n <= 0)
            return 0;
        heard += (size_t)n;
    }
    return 1;
}

static void end(int s, int patient)
{
    if (!patient)
        shutdown(s, SHUT_WR);
    while (hear(s, 1)) {
        /* until the server has ended too */
    }
    close(s);
}

int main(int argc, char **argv)
{
    int stays = argc == 7 && strcmp(argv[1], "udp-stays") == 0;
    int is_udp = argc == 7 && (stays || strcmp(argv[1], "udp") == 0);
    int s;

    if (!is_udp && argc != 8) {
        fprintf(stderr, "usage: client udp|udp-stays|tcp|patient ADDRESS PORT QUESTION ANSWER FROM [LAST-WORD]\n");
        return 2;
    }
    s = open_socket(is_udp ? SOCK_DGRAM : SOCK_STREAM, argv[2], atoi(argv[3]), atoi(argv[6]));
    say(s, argv[4]);
    if (is_udp) {
        ssize_t n;

        do {
            n = recv(s, (char[1024]){0}, 1024, 0);
        } while (n >= 0 && stays);
        if (n < 0)
            perror("recv");
        return 0;
    }
    if (hear(s, strlen(argv[5])))
        say(s, argv[7]);
    end(s, strcmp(argv[1], "patient") == 0);
    return 0;
}
