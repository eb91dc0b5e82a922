/* netlink.h - batches of netlink messages, sent in one go.
 *
 * Every message carries a label, so that a refusal names the link or address it
 * was about. Should: one sendmsg a batch, one acknowledgement. Mustn't: know what
 * a lab is. */
#ifndef WINDSOCK_NETLINK_H
#define WINDSOCK_NETLINK_H

#include "../src/error.h"

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NETLINK_MESSAGE_MAX 2048 /* bytes that one message may take */
#define NETLINK_ALIGN(length) (((length) + 3u) & ~3u) /* MNL_ALIGN is signed */

struct netlink_label {
	int line;       /* of the lesson file; 0 = none */
	bool excused;   /* a refusal is as good */
	char what[128]; /* "cannot give 10.0.0.1/24 to a.eth0" */
};

/* A socket of the namespace that it was opened in, and the messages not yet sent. {.socket = -1} is a
 * closed one. */
struct netlink {
	int socket;
	char *buffer; /* owned */
	size_t length, capacity;
	size_t last; /* where the newest message begins in the buffer */
	struct netlink_label *labels; /* one a message; owned */
	size_t count, label_capacity;
	int refused; /* the errno of the first refusal of the last batch; 0: there was none */
};

/* What comes back for message INDEX of the batch (answers only, no acknowledgements). */
typedef void netlink_answer(const struct nlmsghdr *message, size_t index, void *context);

/* Opens a socket of PROTOCOL (NETLINK_ROUTE) in the current namespace; GROUPS is a
 * mask of multicast groups. A descriptor, close-on-exec, or -1 (errno). */
int netlink_socket(int protocol, unsigned groups);
void netlink_close(struct netlink *netlink);

/* Adds a message and returns it for its headers and attributes, valid until the
 * next call. FLAGS beside NLM_F_REQUEST. The label says what failed, if it does. */
struct nlmsghdr *netlink_add(struct netlink *netlink, int type, int flags, int line, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* What the newest message asks for may be refused: then it is so already, or cannot be otherwise. */
void netlink_excuse(struct netlink *netlink);

/* The attribute of TYPE in a message, behind its HEADER bytes of family header; or in
 * a nest of attributes (NULL has none). NULL = not there. */
const struct nlattr *netlink_find(const struct nlmsghdr *message, size_t header, int type);
const struct nlattr *netlink_nested(const struct nlattr *nest, int type);

/* Sends the batch and waits until the kernel has done all of it; empties it.
 * -1: the first refusal, as *error with FILE and the label's line. ANSWER may be NULL. */
int netlink_send(struct netlink *netlink, netlink_answer *answer, void *context, const char *file,
                 struct error *error);
/* The same for messages of nfnetlink's SUBSYSTEM, of which there is one at least: all of them are done, or none. After a
 * refusal answers may be left in the socket: close it. */
int netlink_send_whole(struct netlink *netlink, int subsystem, struct error *error);

#endif
