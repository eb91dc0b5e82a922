/* live_capture.h - captures with libpcap in this process; see sniffer.h for what is done with it. */
#ifndef WINDSOCK_LIVE_CAPTURE_H
#define WINDSOCK_LIVE_CAPTURE_H

/* Captures on INTERFACE into standard output, for ever, and speaks as tcpdump does: "listening on" when it is ready,
 * its counts at each SIGUSR1, what went wrong before it exits with 1, all on standard error. With CAP_NET_RAW. */
_Noreturn void live_capture_become(const char *interface);

#endif
