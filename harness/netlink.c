/* netlink.c - see netlink.h. */
#include "netlink.h"

#include "../src/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

int netlink_socket(int protocol, unsigned groups)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
	int one = 1;
	int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (descriptor < 0)
		return -1;
	if (groups && bind(descriptor, (struct sockaddr *)&address, sizeof address)) {
		int why = errno;
		(void)close(descriptor); /* the bind is what failed */
		errno = why;
		return -1;
	}
	/* Niceties since 4.3 and 4.12: shorter acknowledgements, refusals in words. Without them we
	 * have the errno, which will do. */
	(void)setsockopt(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof one);
	(void)setsockopt(descriptor, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof one);
	return descriptor;
}

void netlink_close(struct netlink *netlink)
{
	if (netlink->socket >= 0)
		(void)close(netlink->socket); /* nothing of ours is buffered in it */
	free(netlink->buffer);
	free(netlink->labels);
	*netlink = (struct netlink){.socket = -1};
}

static struct nlmsghdr *newest(const struct netlink *netlink)
{
	return (struct nlmsghdr *)(void *)(netlink->buffer + netlink->last);
}

/* The newest message has grown since it was added; count what it took. */
static void settle(struct netlink *netlink)
{
	if (netlink->count)
		netlink->length = netlink->last + NETLINK_ALIGN(newest(netlink)->nlmsg_len);
}

struct nlmsghdr *netlink_add(struct netlink *netlink, int type, int flags, int line, const char *format, ...)
{
	struct nlmsghdr *message;
	struct netlink_label *label;
	va_list arguments;

	settle(netlink);
	if (netlink->capacity - netlink->length < NETLINK_MESSAGE_MAX) {
		netlink->capacity = 2 * netlink->capacity + 8 * NETLINK_MESSAGE_MAX;
		netlink->buffer = mem_grow(netlink->buffer, netlink->capacity);
	}
	mem_room(netlink->labels, netlink->count, netlink->label_capacity);
	label = &netlink->labels[netlink->count];
	label->line = line;
	label->excused = false;
	va_start(arguments, format);
	vsnprintf(label->what, sizeof label->what, format, arguments);
	va_end(arguments);

	netlink->last = netlink->length;
	memset(netlink->buffer + netlink->last, 0, NETLINK_MESSAGE_MAX);
	message = mnl_nlmsg_put_header(netlink->buffer + netlink->last);
	message->nlmsg_type = (uint16_t)type;
	message->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	message->nlmsg_seq = (uint32_t)++netlink->count; /* from 1: notifications have 0 */
	return message;
}

void netlink_excuse(struct netlink *netlink)
{
	netlink->labels[netlink->count - 1].excused = true;
}

/* libmnl's own loops are macros that do not compile under -Wconversion. */
static const struct nlattr *find(const struct nlattr *attribute, const char *end, int type)
{
	while (mnl_attr_ok(attribute, (int)(end - (const char *)attribute))) {
		if (mnl_attr_get_type(attribute) == type)
			return attribute;
		attribute = mnl_attr_next(attribute);
	}
	return NULL;
}

const struct nlattr *netlink_find(const struct nlmsghdr *message, size_t header, int type)
{
	return find(mnl_nlmsg_get_payload_offset(message, header), mnl_nlmsg_get_payload_tail(message), type);
}

const struct nlattr *netlink_nested(const struct nlattr *nest, int type)
{
	const char *payload;

	if (!nest)
		return NULL;
	payload = mnl_attr_get_payload(nest);
	return find((const void *)payload, payload + mnl_attr_get_payload_len(nest), type);
}

/* The kernel's own words, which come as an attribute behind the refusal, or NULL. */
static const char *kernel_words(const struct nlmsghdr *message)
{
	const struct nlmsgerr *refusal = mnl_nlmsg_get_payload(message);
	size_t offset = sizeof *refusal;
	const struct nlattr *words;

	if (!(message->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (!(message->nlmsg_flags & NLM_F_CAPPED))
		offset += refusal->msg.nlmsg_len - sizeof refusal->msg;
	words = netlink_find(message, offset, NLMSGERR_ATTR_MSG);
	return words ? mnl_attr_get_str(words) : NULL;
}

static void refuse(const struct netlink *netlink, const struct nlmsghdr *message, const char *file,
                   struct error *error)
{
	const struct nlmsgerr *refusal = mnl_nlmsg_get_payload(message);
	const struct netlink_label *label = &netlink->labels[message->nlmsg_seq - 1];
	const char *words = kernel_words(message);

	error_set(error, label->line ? file : NULL, label->line, 0, "%s: %s%s%s%s", label->what,
	          strerror(-refusal->error), words ? " (" : "", words ? words : "", words ? ")" : "");
}

struct conversation {
	netlink_answer *answer;
	void *context;
	const char *file;
	struct error *error;
	int result;
	int refused;
};

/* One message of the kernel. True: it was about the last one of the batch. */
static int hear(const struct netlink *netlink, const struct nlmsghdr *message, struct conversation *with)
{
	if (message->nlmsg_seq < 1 || message->nlmsg_seq > netlink->count)
		return 0;
	if (message->nlmsg_type != NLMSG_ERROR) {
		if (with->answer)
			with->answer(message, message->nlmsg_seq - 1, with->context);
		return 0;
	}
	if (((const struct nlmsgerr *)mnl_nlmsg_get_payload(message))->error && with->result == 0 &&
	    !netlink->labels[message->nlmsg_seq - 1].excused) {
		refuse(netlink, message, with->file, with->error);
		with->refused = -((const struct nlmsgerr *)mnl_nlmsg_get_payload(message))->error;
		with->result = -1;
	}
	return message->nlmsg_seq == netlink->count;
}

static int converse(const struct netlink *netlink, struct conversation *with)
{
	_Alignas(struct nlmsghdr) char buffer[32768];
	int done = 0;

	while (!done) {
		ssize_t length = recv(netlink->socket, buffer, sizeof buffer, 0);
		int left = (int)length;

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return error_set(with->error, NULL, 0, 0, "the kernel's answer to \"%s\" is lost: %s",
			                 netlink->labels[0].what, strerror(errno));
		for (const struct nlmsghdr *message = (const void *)buffer; mnl_nlmsg_ok(message, left);
		     message = mnl_nlmsg_next(message, &left))
			done |= hear(netlink, message, with);
	}
	return with->result;
}

static void empty(struct netlink *netlink)
{
	netlink->count = netlink->length = netlink->last = 0;
}

int netlink_send(struct netlink *netlink, netlink_answer *answer, void *context, const char *file,
                 struct error *error)
{
	struct conversation with = {.answer = answer, .context = context, .file = file, .error = error};
	int result;

	if (!netlink->count)
		return 0;
	settle(netlink);
	/* A refusal is always answered; success only where it is asked for: once, at the end. */
	newest(netlink)->nlmsg_flags |= NLM_F_ACK;
	if (send(netlink->socket, netlink->buffer, netlink->length, 0) != (ssize_t)netlink->length)
		result = error_set(error, NULL, 0, 0, "%s: %s", netlink->labels[0].what, strerror(errno));
	else
		result = converse(netlink, &with);
	netlink->refused = with.refused;
	empty(netlink);
	return result;
}

/* What stands before and behind messages of nfnetlink that are one transaction. */
struct bracket {
	struct nlmsghdr header;
	struct nfgenmsg family;
};

/* The opening one has the number of the newest message: a refusal of the whole is about that one, and the last word. */
static struct bracket bracket(const struct netlink *netlink, int type, int subsystem)
{
	return (struct bracket){
		.header = {.nlmsg_len = sizeof(struct bracket), .nlmsg_type = (uint16_t)type, .nlmsg_flags = NLM_F_REQUEST,
		           .nlmsg_seq = (uint32_t)netlink->count},
		.family = {.version = NFNETLINK_V0, .res_id = htons((uint16_t)subsystem)},
	};
}

int netlink_send_whole(struct netlink *netlink, int subsystem, struct error *error)
{
	struct bracket begin = bracket(netlink, NFNL_MSG_BATCH_BEGIN, subsystem);
	struct bracket end = bracket(netlink, NFNL_MSG_BATCH_END, subsystem);
	struct conversation with = {.error = error};
	struct iovec parts[3] = {{&begin, sizeof begin}, {netlink->buffer, 0}, {&end, sizeof end}};
	int result;

	settle(netlink);
	parts[1].iov_len = netlink->length;
	newest(netlink)->nlmsg_flags |= NLM_F_ACK;
	if (writev(netlink->socket, parts, 3) != (ssize_t)(sizeof begin + netlink->length + sizeof end))
		result = error_set(error, NULL, 0, 0, "%s: %s", netlink->labels[0].what, strerror(errno));
	else
		result = converse(netlink, &with);
	empty(netlink);
	return result;
}
