/* counter.c - the server of this lesson. It is complete: read it, run it, leave it.
 *
 *     counter ADDRESS PORT
 *
 * counts the words of each caller until his end comes, then says how many there
 * were and ends too. One caller at a time (lesson 10 shows how to serve more). */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_listener(const char *address, unsigned short port)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(port) };
    int yes = 1;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0 || inet_pton(AF_INET, address, &here.sin_addr) != 1)
        return -1;
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0
        || bind(s, (struct sockaddr *)&here, sizeof here) != 0 || listen(s, 16) != 0)
        return -1;
    return s;
}

/* Counts until recv() returns 0. A word may be cut in two by recv: only the byte before
 * it tells whether a letter begins a new one, and that is kept from piece to piece. */
static long count_words(int caller)
{
    char piece[1000];
    long words = 0;
    int in_word = 0;
    ssize_t n;

    while ((n = recv(caller, piece, sizeof piece, 0)) > 0)
        for (ssize_t i = 0; i < n; i++) {
            words += !in_word && !isspace((unsigned char)piece[i]);
            in_word = !isspace((unsigned char)piece[i]);
        }
    return n < 0 ? -1 : words;
}

int main(int argc, char **argv)
{
    char answer[100];
    int caller, listener;

    if (argc != 3) {
        fprintf(stderr, "usage: counter ADDRESS PORT\n");
        return 2;
    }
    listener = open_listener(argv[1], (unsigned short)atoi(argv[2]));
    while (listener >= 0 && (caller = accept(listener, NULL, NULL)) >= 0) {
        long words = count_words(caller);
        int length = snprintf(answer, sizeof answer, "%ld words\n", words);

        if (words < 0 || send(caller, answer, (size_t)length, MSG_NOSIGNAL) != length)
            perror("counter"); /* the caller went away: the next one may stay */
        close(caller);
    }
    perror("counter");
    return 1;
}
