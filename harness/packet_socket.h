/* packet_socket.h - captures with plain packet sockets in this process; see sniffer.h for what is done with it.
 *
 * Theory of operation
 *
 * A packet socket (packet(7)) is ready 0.1 ms after it is opened; a ring, as libpcap and tcpdump have one, waits for
 * 8 ms and more until every processor has passed by (RCU). What the socket lacks is room: the kernel gives an ordinary
 * user's at most twice net.core.rmem_max, 416 KiB where nobody has changed it, which is 500 small packets or 180 full
 * ones. So there are as many sockets as make 4 MiB, in a fan-out group that rolls over: when one has no room the next
 * gets the packets (Linux 3.10). Where one socket has room enough there is one.
 *
 * Who reads them is a process that does nothing else, so that the run may be busy or stopped meanwhile. What the run
 * does not take waits here, not in the sockets.
 *
 * Order: a socket's packets stay in the order in which they came. Those of several sockets are merged by the time of
 * day that the kernel stamped them with (merge.h).
 *
 * Stamps: the kernel gives them only while somebody asks for them, and begins some milliseconds after the first who does
 * (netstamp_work in net/core/dev.c). What came before gets the time at which it is read, which is later than that of
 * younger packets. So it is tried on the loopback until a frame has one, before the sockets are opened. */
#ifndef WINDSOCK_PACKET_SOCKET_H
#define WINDSOCK_PACKET_SOCKET_H

#include <stddef.h>

#define PACKET_SOCKET_ROOM (4 * 1024 * 1024) /* bytes, as the kernel counts them: with what it needs itself */

/* Captures on INTERFACE into standard output, a classic pcap, for ever, and speaks as tcpdump does: "listening on"
 * when it is ready, its counts at each SIGUSR1, what went wrong before it exits with 1, all on standard error. With
 * CAP_NET_RAW, which it gives up when its sockets are open. A single socket gets at most MOST bytes: PACKET_SOCKET_ROOM,
 * or less for a test of what happens where the machine allows no more. */
_Noreturn void packet_socket_become(const char *interface, size_t most);
/* Asks for stamps beforehand, so that a capture that begins a little later need not wait for them. Returns a descriptor,
 * to be closed when it has begun; or -1: then it waits. */
int packet_socket_hold_stamps(void);

#endif
