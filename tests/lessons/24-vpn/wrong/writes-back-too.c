/* wrong: vpn.c -> endless-exchange
 * Believed: what is read from a tunnel is gone from it, so it must be put back. */#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Fills in a name. Returns 0, or -1. */
int set_name(struct sockaddr_in *name, const char *address, const char *port)
{
    memset(name, 0, sizeof *name);
    name->sin_family = AF_INET;
    name->sin_port = htons((unsigned short)atoi(port));
    return inet_pton(AF_INET, address, &name->sin_addr) == 1 ? 0 : -1;
}

/* A packet came out of the tunnel: it leaves in a datagram to PEER. Returns 0, or -1. */
int send_packet(int tunnel, int udp, const struct sockaddr_in *peer)
{
    unsigned char packet[2000];
    ssize_t n = read(tunnel, packet, sizeof packet);

    if (n < 0)
        return -1;
    if (peer->sin_port == 0)
        return 0; /* nobody to send it to */
    if (write(tunnel, packet, (size_t)n) != n)
        return -1;
    return sendto(udp, packet, (size_t)n, 0, (const struct sockaddr *)peer, sizeof *peer) == n ? 0 : -1;
}

/* A datagram came: its bytes are a packet for the tunnel. Who sent it is our PEER now. Returns 0, or -1. */
int take_packet(int udp, int tunnel, struct sockaddr_in *peer)
{
    unsigned char packet[2000];
    socklen_t size = sizeof *peer;
    ssize_t n = recvfrom(udp, packet, sizeof packet, 0, (struct sockaddr *)peer, &size);

    if (n < 0)
        return -1;
    return write(tunnel, packet, (size_t)n) == n ? 0 : -1;
}

int main(int argc, char **argv)
{
    struct sockaddr_in here, peer; /* peer.sin_port is 0: not known yet */
    int tunnel, udp = socket(AF_INET, SOCK_DGRAM, 0);

    if (argc != 4 && argc != 6) {
        fprintf(stderr, "usage: vpn TUNNEL ADDRESS PORT [GATEWAY PORT]\n");
        return 2;
    }
    tunnel = atoi(argv[1]);
    memset(&peer, 0, sizeof peer);
    if (udp < 0 || set_name(&here, argv[2], argv[3]) != 0 || (argc == 6 && set_name(&peer, argv[4], argv[5]) != 0) ||
        bind(udp, (struct sockaddr *)&here, sizeof here) != 0) {
        perror("vpn");
        return 1;
    }
    struct pollfd both[2] = {{.fd = tunnel, .events = POLLIN}, {.fd = udp, .events = POLLIN}};

    while (poll(both, 2, -1) > 0) {
        if (both[0].revents && send_packet(tunnel, udp, &peer) != 0)
            perror("send_packet");
        if (both[1].revents && take_packet(udp, tunnel, &peer) != 0)
            perror("take_packet");
    }
    perror("poll");
    return 1;
}
