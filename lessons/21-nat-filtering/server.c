/* server.c - answers with the name of who asks, as in lesson 19; and knocks where it is asked to.
 *
 *     server PORT OTHER HELPER KNOCK [NEIGHBOUR]
 *
 * "other port": KNOCK goes to the asker from port OTHER. "other host": NEIGHBOUR, where the same program
 * runs, sends it from its port PORT. A moment later the asker hears "sent". What the two servers say to
 * each other goes over their ports HELPER. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct sockaddr_in name_of(const char *address, int port)
{
    struct sockaddr_in name;

    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_port = htons((unsigned short)port);
    name.sin_addr.s_addr = inet_addr(address);
    return name;
}

int open_port(int port)
{
    struct sockaddr_in here = name_of("0.0.0.0", port);
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (s < 0 || bind(s, (struct sockaddr *)&here, sizeof here) != 0) {
        perror("server");
        exit(1);
    }
    return s;
}

void send_text(int s, const char *text, struct sockaddr_in to)
{
    if (sendto(s, text, strlen(text), 0, (struct sockaddr *)&to, sizeof to) < 0)
        perror("server");
}

int receive_text(int s, char *text, size_t size, struct sockaddr_in *from)
{
    socklen_t length = sizeof *from;
    ssize_t n = recvfrom(s, text, size - 1, 0, (struct sockaddr *)from, &length);

    text[n > 0 ? n : 0] = '\0';
    return n < 0 ? -1 : 0;
}

/* A knock and "sent" go different ways: this is the head start of the knock. */
void pause_a_moment(void)
{
    poll(NULL, 0, 40);
}

/* The neighbour may be started a moment later than we are. Who asked several times is answered several times. */
void wait_for_neighbour(int helper, struct sockaddr_in his)
{
    struct pollfd waiting = {helper, POLLIN, 0};
    char text[100];

    do {
        send_text(helper, "there?", his);
    } while (poll(&waiting, 1, 10) == 0);
    receive_text(helper, text, sizeof text, &his);
}

/* Has the neighbour knock at NAME, and waits until he has; what he still had to say before that is passed over. */
void have_knocked(int helper, struct sockaddr_in neighbour, const char *name)
{
    char text[100];

    send_text(helper, name, neighbour);
    while (receive_text(helper, text, sizeof text, &neighbour) == 0 && strcmp(text, "done") != 0)
        ;
}

/* What the neighbour asks for: whether we are there, or a knock at ADDRESS:PORT from our own PORT. */
void help(int helper, int main_port, const char *knock)
{
    struct sockaddr_in neighbour;
    char text[100], address[16];
    int port;

    if (receive_text(helper, text, sizeof text, &neighbour) != 0)
        return;
    if (!strcmp(text, "there?")) {
        send_text(helper, "here", neighbour);
    } else if (sscanf(text, "%15[0-9.]:%d", address, &port) == 2) {
        send_text(main_port, knock, name_of(address, port));
        send_text(helper, "done", neighbour);
    }
}

int main(int argc, char **argv)
{
    struct pollfd ports[2] = {{-1, POLLIN, 0}, {-1, POLLIN, 0}};
    struct sockaddr_in from, neighbour;
    char text[100], name[40];
    int other;

    if (argc < 5 || argc > 6) {
        fprintf(stderr, "usage: server PORT OTHER HELPER KNOCK [NEIGHBOUR]\n");
        return 2;
    }
    ports[1].fd = open_port(atoi(argv[3]));
    neighbour = name_of(argc == 6 ? argv[5] : "0.0.0.0", atoi(argv[3]));
    if (argc == 6)
        wait_for_neighbour(ports[1].fd, neighbour);
    other = open_port(atoi(argv[2]));
    ports[0].fd = open_port(atoi(argv[1]));
    while (poll(ports, 2, -1) > 0) {
        if (ports[1].revents)
            help(ports[1].fd, ports[0].fd, argv[4]);
        if (!ports[0].revents || receive_text(ports[0].fd, text, sizeof text, &from) != 0)
            continue;
        snprintf(name, sizeof name, "%s:%d", inet_ntoa(from.sin_addr), ntohs(from.sin_port));
        if (!strcmp(text, "other port")) {
            send_text(other, argv[4], from);
            pause_a_moment();
            send_text(ports[0].fd, "sent", from);
        } else if (!strcmp(text, "other host") && argc == 6) {
            have_knocked(ports[1].fd, neighbour, name);
            pause_a_moment();
            send_text(ports[0].fd, "sent", from);
        } else {
            send_text(ports[0].fd, name, from);
        }
    }
    return 1;
}
