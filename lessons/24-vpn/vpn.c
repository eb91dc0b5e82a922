/* vpn.c - one end of a tunnel: packets out of it leave as datagrams, datagrams that come are packets for it.
 *
 *     vpn TUNNEL ADDRESS PORT                  the gateway: waits for whoever sends
 *     vpn TUNNEL ADDRESS PORT GATEWAY PORT     the client: sends to the gateway */
#include <arpa/inet.h>
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
    (void)tunnel, (void)udp, (void)peer;

    /* TODO(1): one read() from the tunnel is one packet; one sendto(), as long as it. Nobody known yet: drop it. */

    return -1;
}

/* A datagram came: its bytes are a packet for the tunnel. Who sent it is our PEER now. Returns 0, or -1. */
int take_packet(int udp, int tunnel, struct sockaddr_in *peer)
{
    (void)udp, (void)tunnel, (void)peer;

    /* TODO(2): one recvfrom() with its sender kept in PEER; one write() to the tunnel. */

    return -1;
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
    (void)tunnel, (void)send_packet, (void)take_packet;

    /* TODO(3): for ever: poll() both, and call the function of the one that has something. */

    pause();
    return 0;
}
