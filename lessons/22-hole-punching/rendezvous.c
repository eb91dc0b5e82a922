/* rendezvous.c - the meeting point: tells two callers each other's name outside; and copies if they ask for it.
 *
 *     rendezvous PORT LATE ADDRESS
 *
 * "hello": when both have said it, each is told; who calls from ADDRESS is told LATE milliseconds after the
 * other one (not every way is equally quick). "relay TEXT": when both have said it, each gets the other's
 * TEXT. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct caller {
    struct sockaddr_in name;
    char text[1000];
    int asked; /* for the relay */
};

struct caller callers[2];
int count;

/* The caller with this name, a new one if there is room; or NULL. */
struct caller *find_caller(struct sockaddr_in name)
{
    for (int i = 0; i < count; i++)
        if (callers[i].name.sin_addr.s_addr == name.sin_addr.s_addr && callers[i].name.sin_port == name.sin_port)
            return &callers[i];
    if (count == 2)
        return NULL;
    callers[count].name = name;
    return &callers[count++];
}

void send_to(int s, const struct caller *to, const char *text)
{
    if (sendto(s, text, strlen(text), 0, (const struct sockaddr *)&to->name, sizeof to->name) < 0)
        perror("rendezvous");
}

/* "ADDRESS:PORT" of OTHER. */
void tell_name(int s, const struct caller *to, const struct caller *other)
{
    char name[40];

    snprintf(name, sizeof name, "%s:%d", inet_ntoa(other->name.sin_addr), ntohs(other->name.sin_port));
    send_to(s, to, name);
}

void tell_both(int s, int late, const char *address)
{
    int last = callers[1].name.sin_addr.s_addr == inet_addr(address);

    tell_name(s, &callers[!last], &callers[last]);
    poll(NULL, 0, late);
    tell_name(s, &callers[last], &callers[!last]);
}

int main(int argc, char **argv)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in here, from;
    socklen_t size = sizeof from;
    char text[1000];
    ssize_t n;

    if (argc != 4) {
        fprintf(stderr, "usage: rendezvous PORT LATE ADDRESS\n");
        return 2;
    }
    memset(&here, 0, sizeof here);
    here.sin_family = AF_INET;
    here.sin_port = htons((unsigned short)atoi(argv[1]));
    if (s < 0 || bind(s, (struct sockaddr *)&here, sizeof here) != 0) {
        perror("rendezvous");
        return 1;
    }
    while ((n = recvfrom(s, text, sizeof text - 1, 0, (struct sockaddr *)&from, &size)) >= 0) {
        int before = count;
        struct caller *caller = find_caller(from);

        text[n] = '\0';
        if (!caller)
            continue;
        if (!strcmp(text, "hello") && count == 2 && before == 1) {
            tell_both(s, atoi(argv[2]), argv[3]);
        } else if (!strncmp(text, "relay ", 6)) {
            snprintf(caller->text, sizeof caller->text, "%s", text + 6);
            caller->asked = 1;
            if (callers[0].asked && callers[1].asked) {
                send_to(s, &callers[0], callers[1].text);
                send_to(s, &callers[1], callers[0].text);
            }
        }
    }
    return 1;
}
