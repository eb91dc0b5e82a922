/* sockstate.h - one line of a host's socket table, as data. */
#ifndef WINDSOCK_SOCKSTATE_H
#define WINDSOCK_SOCKSTATE_H

#include "packet.h"
#include "trace.h"

enum sock_state {
	SOCK_BOUND, /* UDP with a port and no peer; TCP bound, neither listening nor connected */
	SOCK_LISTEN,
	SOCK_CONNECTED, /* established; UDP: connect() was called */
	SOCK_OPENING,   /* SYN sent or received */
	SOCK_CLOSING,   /* FIN_WAIT, CLOSING, LAST_ACK: this side has closed */
	SOCK_CLOSE_WAIT, /* the other side has closed, this one has not */
	SOCK_TIME_WAIT
};

struct sock_entry {
	enum transport transport;
	enum sock_state state;
	struct address local, remote; /* of an unspecified one: family set, bytes 0 */
	uint16_t local_port, remote_port; /* host byte order; 0 = none */
	uint32_t receive_queue; /* bytes unread; of a listener: connections that wait for accept() */
	uint32_t send_queue;    /* bytes unacknowledged; of a listener: its backlog */
	bool timer;             /* a retransmission, SYN or window probe is due */
	bool orphan;            /* no program holds it any more */
};

#endif
