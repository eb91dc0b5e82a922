/* right: server.c
 * The first thread starts another one and ends (pthread_exit); the process lives on. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *answer;
static int listener;

static void *serve(void *nothing)
{
    char question[1000];
    int caller;

    while ((caller = accept(listener, NULL, NULL)) >= 0) {
        if (recv(caller, question, sizeof(question), 0) > 0)
            send(caller, answer, strlen(answer), MSG_NOSIGNAL);
        while (recv(caller, question, sizeof(question), 0) > 0) {
            /* until he has ended */
        }
        close(caller);
    }
    return nothing;
}

int main(int argc, char **argv)
{
    struct sockaddr_in here;
    pthread_t thread;
    int yes = 1;

    if (argc != 4)
        return 2;
    answer = argv[3];
    memset(&here, 0, sizeof(here));
    here.sin_family = AF_INET;
    here.sin_port = htons((unsigned short)atoi(argv[2]));
    here.sin_addr.s_addr = inet_addr(argv[1]);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(listener, (struct sockaddr *)&here, sizeof(here)) < 0 || listen(listener, 5) < 0 ||
        pthread_create(&thread, NULL, serve, NULL))
        return 1;
    pthread_exit(NULL);
}
