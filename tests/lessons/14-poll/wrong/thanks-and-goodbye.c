/* wrong: hub.c -> extra-message
 * Believed: one can say thank you as long as one has not closed oneself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static int call(const char *address, int port)
{
    struct sockaddr_in cloud;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    memset(&cloud, 0, sizeof cloud);
    cloud.sin_family = AF_INET;
    cloud.sin_port = htons(port);
    cloud.sin_addr.s_addr = inet_addr(address);
    if (s < 0 || connect(s, (struct sockaddr *)&cloud, sizeof cloud) < 0) {
        perror("hub");
        exit(1);
    }
    return s;
}

/* Puts the answer into ANSWER, without its newline. */
static void ask(const char *address, int port, const char *question, char *answer, int size)
{
    int s = call(address, port), length = 0, n;

    send(s, question, strlen(question), 0);
    while (length < size - 1 && (n = (int)recv(s, answer + length, (size_t)(size - 1 - length), 0)) > 0)
        length += n;
    answer[length] = '\0';
    if (length > 0 && answer[length - 1] == '\n')
        answer[length - 1] = '\0';
    send(s, "thank you\n", 10, 0);
    usleep(50000); /* let it arrive */
    send(s, "good bye\n", 9, 0);
    close(s);
}

int main(int argc, char **argv)
{
    char answer[500];
    int every = argc == 5 ? atoi(argv[4]) : 0;

    if (argc < 4)
        return 2;
    for (;;) {
        ask(argv[2], atoi(argv[3]), every ? "GET /events\n" : "GET /wait\n", answer, sizeof answer);
        if (strcmp(answer, "none") != 0)
            break;
        usleep(every * 1000);
    }
    puts(answer);
    return 0;
}
