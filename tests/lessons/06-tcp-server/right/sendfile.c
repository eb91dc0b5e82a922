/* right: server.c
 * The answer lies in a file in memory; sendfile() sends it, splice() throws the rest of the talk away.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>

int main(int argc, char **argv)
{
    struct sockaddr_in me;
    int listener, conn;
    char buf[100];
    int hole[2], file = open(".", O_TMPFILE | O_RDWR, 0600);

    if (file < 0 || pipe(hole) < 0 || argc < 4 || write(file, argv[3], strlen(argv[3])) < 0)
        return 1;

    if (argc != 4)
        return 2;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_port = htons(atoi(argv[2]));
    me.sin_addr.s_addr = inet_addr(argv[1]);
    if (bind(listener, (struct sockaddr *)&me, sizeof(me)) < 0 || listen(listener, 5) < 0) {
        perror("server");
        return 1;
    }
    while ((conn = accept(listener, NULL, NULL)) >= 0) {
        off_t from = 0;

        if (recv(conn, buf, sizeof(buf), 0) > 0)
            sendfile(conn, file, &from, strlen(argv[3]));
        while (splice(conn, NULL, hole[1], NULL, 100, 0) > 0)
            read(hole[0], buf, sizeof(buf)) > 0 ? (void)0 : exit(1);
        close(conn);
    }
    return 1;
}
