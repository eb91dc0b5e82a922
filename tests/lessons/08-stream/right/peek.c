/* right: client.c
 * Looks how far the line goes before it takes it; sends with sendmsg from three places.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

int main(int argc, char **argv)
{
    struct sockaddr_in to;
    char buf[1000], out[1200];
    ssize_t n;
    int s;

    if (argc != 5) {
        fprintf(stderr, "usage: client ADDRESS PORT QUESTION GOT\n");
        return 2;
    }
    s = socket(AF_INET, SOCK_STREAM, 0);
    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons(atoi(argv[2]));
    to.sin_addr.s_addr = inet_addr(argv[1]);
    if (connect(s, (struct sockaddr *)&to, sizeof(to)) < 0) {
        perror("connect");
        return 1;
    }
    struct iovec parts[3] = { { argv[3], strlen(argv[3]) }, { (void *)(size_t)"\n", 1 }, { NULL, 0 } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

    sendmsg(s, &message, MSG_NOSIGNAL);
    while ((n = recv(s, buf, sizeof(buf), MSG_PEEK)) > 0) {
        char *end = memchr(buf, '\n', (size_t)n);

        if (end == NULL) { /* take what there is, and come back for the rest of the line */
            n = recv(s, out, (size_t)n, 0);
            while (n > 0 && out[n - 1] != '\n' && recv(s, out + n, 1, 0) == 1)
                n++;
        } else {
            n = recv(s, out, (size_t)(end - buf) + 1, 0);
        }
        parts[0] = (struct iovec){ argv[4], strlen(argv[4]) };
        parts[1] = (struct iovec){ (void *)(size_t)" ", 1 };
        parts[2] = (struct iovec){ out, (size_t)n };
        message.msg_iovlen = 3;
        sendmsg(s, &message, MSG_NOSIGNAL);
    }
    close(s);
    return 0;
}
