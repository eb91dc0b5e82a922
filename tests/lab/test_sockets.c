/* test_sockets.c - the socket table says what programs have done, and where the
 * kernel still has something to send. Each body runs in a child, in a lab of two. */
#include "../../harness/sockets.h"
#include "../../harness/lab.h"
#include "../../harness/netlink.h"
#include "../unit/suite.h"
#include "labs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

static struct lab lab;

static void open_lab(void)
{
	static struct labs_lesson scene;

	labs_pair(&scene);
	labs_build(&lab, &scene);
}

/* The only entry of HOST's table with this local port, or NULL. */
static const struct sock_entry *find(size_t host, enum transport transport, uint16_t port)
{
	static struct sock_entry found;
	struct sock_entry *table;
	struct error error;
	size_t count, matches = 0;

	if (sockets_read(lab.diag[host], true, &table, &count, &error))
		labs_fail("%s", error_string(&error));
	for (size_t i = 0; i < count; i++)
		if (table[i].transport == transport && table[i].local_port == port && ++matches)
			found = table[i];
	free(table);
	MUST(matches <= 1);
	return matches ? &found : NULL;
}

static int ready(size_t host, enum transport transport, uint16_t port)
{
	struct error error;
	int answer = sockets_ready(lab.diag[host], transport, port, &error);

	if (answer < 0)
		labs_fail("%s", error_string(&error));
	return answer;
}

static int pending(size_t host)
{
	struct error error;
	int answer = sockets_pending(lab.diag[host], &error);

	if (answer < 0)
		labs_fail("%s", error_string(&error));
	return answer;
}

static bool is_at(const struct address *address, const char *dotted)
{
	uint32_t bytes = htonl(labs_address(dotted));

	return address->family == 4 && !memcmp(address->bytes, &bytes, 4);
}

static int listen_at(size_t host, uint16_t port)
{
	int listener = labs_socket(&lab, host, SOCK_STREAM, port);

	MUST(!listen(listener, 5));
	return listener;
}

static int connect_from(size_t host, uint16_t port, const char *to, uint16_t to_port)
{
	struct sockaddr_in address = labs_sockaddr(labs_address(to), to_port);
	int descriptor = labs_socket(&lab, host, SOCK_STREAM, port);

	MUST(!connect(descriptor, (struct sockaddr *)&address, sizeof address));
	return descriptor;
}

/* A connection a:5000 -> b:7000: ends[0] is a's, ends[1] b's. The listener is closed. */
static void connect_pair(int ends[2])
{
	int listener = listen_at(1, 7000);

	ends[0] = connect_from(0, 5000, "10.0.0.2", 7000);
	MUST((ends[1] = accept(listener, NULL, NULL)) >= 0);
	MUST(!close(listener));
}

/* ---- bodies ---- */

static void be_empty(void)
{
	struct sock_entry *table;
	struct error error;
	size_t count;

	open_lab();
	MUST(!sockets_read(lab.diag[0], true, &table, &count, &error) && count == 0);
	free(table);
	MUST(!ready(0, TRANSPORT_TCP, 7000) && !ready(0, TRANSPORT_UDP, 7000) && !pending(0));
}

static void listen_only(void)
{
	const struct sock_entry *entry;

	open_lab();
	listen_at(1, 7000);
	MUST((entry = find(1, TRANSPORT_TCP, 7000)) && entry->state == SOCK_LISTEN);
	MUST(is_at(&entry->local, "10.0.0.2") && entry->remote_port == 0);
	MUST(entry->receive_queue == 0 && entry->send_queue == 5);
	MUST(!entry->orphan && !entry->timer);
	MUST(ready(1, TRANSPORT_TCP, 7000) && !ready(1, TRANSPORT_TCP, 7001));
	MUST(!ready(1, TRANSPORT_UDP, 7000) && !ready(0, TRANSPORT_TCP, 7000));
}

static void queue_for_accept(void)
{
	struct sock_entry *table;
	struct error error;
	size_t count, listeners = 0, waiting = 0;

	open_lab();
	listen_at(1, 7000);
	connect_from(0, 5000, "10.0.0.2", 7000);
	connect_from(0, 5001, "10.0.0.2", 7000);
	MUST(!sockets_read(lab.diag[1], true, &table, &count, &error));
	for (size_t i = 0; i < count; i++) {
		if (table[i].state == SOCK_LISTEN && ++listeners)
			MUST(table[i].receive_queue == 2);
		if (table[i].state == SOCK_CONNECTED && ++waiting)
			MUST(!table[i].orphan); /* nobody has closed it */
	}
	MUST(listeners == 1 && waiting == 2);
	free(table);
}

static bool is_kernel_at_least(int major, int minor)
{
	struct utsname name;
	int is_major, is_minor;
	char *end;

	MUST(!uname(&name));
	is_major = (int)strtol(name.release, &end, 10);
	is_minor = (int)strtol(end + 1, NULL, 10);
	return is_major > major || (is_major == major && is_minor >= minor);
}

static void bind_only(void)
{
	const struct sock_entry *entry;

	open_lab();
	labs_socket(&lab, 1, SOCK_STREAM, 7000);
	MUST(!ready(1, TRANSPORT_TCP, 7000) && !pending(1));
	entry = find(1, TRANSPORT_TCP, 7000);
	if (!is_kernel_at_least(6, 8))
		return; /* cannot be seen there */
	MUST(entry && entry->state == SOCK_BOUND && is_at(&entry->local, "10.0.0.2") && !entry->orphan);
}

static void bind_udp(void)
{
	struct sockaddr_in to;
	const struct sock_entry *entry;
	int a, b;

	open_lab();
	b = labs_socket(&lab, 1, SOCK_DGRAM, 7000);
	MUST((entry = find(1, TRANSPORT_UDP, 7000)) && entry->state == SOCK_BOUND);
	MUST(is_at(&entry->local, "10.0.0.2") && entry->remote_port == 0 && entry->receive_queue == 0);
	MUST(ready(1, TRANSPORT_UDP, 7000) && !ready(1, TRANSPORT_TCP, 7000) && !ready(1, TRANSPORT_UDP, 7001));
	a = labs_socket(&lab, 0, SOCK_DGRAM, 5000);
	to = labs_sockaddr(labs_address("10.0.0.2"), 7000);
	MUST(!connect(a, (struct sockaddr *)&to, sizeof to));
	MUST((entry = find(0, TRANSPORT_UDP, 5000)) && entry->state == SOCK_CONNECTED);
	MUST(is_at(&entry->remote, "10.0.0.2") && entry->remote_port == 7000);
	MUST(ready(0, TRANSPORT_UDP, 5000));
	MUST(send(a, "unread", 6, 0) == 6 && labs_readable(b));
	MUST((entry = find(1, TRANSPORT_UDP, 7000)) && entry->receive_queue >= 6);
}

static void leave_unread(void)
{
	const struct sock_entry *entry;
	char byte;
	int ends[2];

	open_lab();
	connect_pair(ends);
	MUST((entry = find(1, TRANSPORT_TCP, 7000)) && entry->state == SOCK_CONNECTED && !entry->receive_queue);
	MUST(is_at(&entry->remote, "10.0.0.1") && entry->remote_port == 5000 && !entry->orphan);
	MUST(send(ends[0], "twelve bytes", 12, 0) == 12 && labs_readable(ends[1]));
	MUST((entry = find(1, TRANSPORT_TCP, 7000)) && entry->receive_queue == 12);
	MUST(recv(ends[1], &byte, 1, 0) == 1);
	MUST(!shutdown(ends[0], SHUT_WR) && labs_readable(ends[1]));
	MUST((entry = find(0, TRANSPORT_TCP, 5000)) && entry->state == SOCK_CLOSING && !entry->orphan);
	MUST(entry->send_queue == 0);
	MUST((entry = find(1, TRANSPORT_TCP, 7000)) && entry->state == SOCK_CLOSE_WAIT);
	MUST(entry->receive_queue == 11); /* the FIN is no byte */
}

static void close_in_order(void)
{
	const struct sock_entry *entry;
	char byte;
	int ends[2];

	open_lab();
	connect_pair(ends);
	MUST(!close(ends[0]) && labs_readable(ends[1]) && recv(ends[1], &byte, 1, 0) == 0);
	MUST((entry = find(0, TRANSPORT_TCP, 5000)) && entry->state == SOCK_CLOSING && entry->orphan);
	MUST(!close(ends[1]));
	MUST((entry = find(0, TRANSPORT_TCP, 5000)) && entry->state == SOCK_TIME_WAIT && entry->orphan);
	MUST(!entry->timer && !pending(0));
	MUST(!find(1, TRANSPORT_TCP, 7000) && !pending(1));
}

static void open_into_nothing(void)
{
	struct sockaddr_in nobody;
	const struct sock_entry *entry;
	int a;

	open_lab();
	a = labs_socket(&lab, 0, SOCK_STREAM | SOCK_NONBLOCK, 5000);
	nobody = labs_sockaddr(labs_address("10.0.0.99"), 7000);
	MUST(connect(a, (struct sockaddr *)&nobody, sizeof nobody) == -1 && errno == EINPROGRESS);
	MUST((entry = find(0, TRANSPORT_TCP, 5000)) && entry->state == SOCK_OPENING && entry->timer);
	MUST(entry->send_queue == 0); /* the SYN is no byte */
	MUST(pending(0) && !pending(1));
	MUST(!close(a));
	MUST(!pending(0));
}

/* b takes 10.0.0.1 for somebody who is not there: what it answers is lost. */
static void misdirect(void)
{
	struct netlink netlink = {.socket = -1};
	const uint8_t mac[6] = {0x02, 0x99};
	struct nlmsghdr *message;
	struct ndmsg *header;
	struct error error;
	int index;

	MUST(!lab_visit(&lab, 1));
	MUST((netlink.socket = netlink_socket(NETLINK_ROUTE, 0)) >= 0);
	MUST((index = (int)if_nametoindex("eth0")) > 0);
	MUST(!lab_leave(&lab));
	message = netlink_add(&netlink, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, 0, "misdirect");
	header = mnl_nlmsg_put_extra_header(message, sizeof *header);
	header->ndm_family = AF_INET;
	header->ndm_ifindex = index;
	header->ndm_state = NUD_PERMANENT;
	mnl_attr_put_u32(message, NDA_DST, htonl(labs_address("10.0.0.1")));
	mnl_attr_put(message, NDA_LLADDR, sizeof mac, mac);
	if (netlink_send(&netlink, NULL, NULL, NULL, &error))
		labs_fail("%s", error_string(&error));
	netlink_close(&netlink);
}

/* A SYN whose answer gets lost: the listener's side repeats its SYN-ACK. */
static void open_half(void)
{
	struct sockaddr_in b;
	struct error error;
	struct sock_entry *table;
	size_t count, opening = 0;
	int a;

	open_lab();
	misdirect();
	listen_at(1, 7000);
	a = labs_socket(&lab, 0, SOCK_STREAM | SOCK_NONBLOCK, 5000);
	b = labs_sockaddr(labs_address("10.0.0.2"), 7000);
	MUST(connect(a, (struct sockaddr *)&b, sizeof b) == -1 && errno == EINPROGRESS);
	MUST(!sockets_read(lab.diag[1], true, &table, &count, &error));
	for (size_t i = 0; i < count; i++)
		opening += table[i].state == SOCK_OPENING && table[i].timer;
	free(table);
	MUST(opening == 1 && pending(1));
}

static void fill(int descriptor)
{
	static char bulk[65536];

	while (send(descriptor, bulk, sizeof bulk, MSG_DONTWAIT) > 0)
		continue;
	MUST(errno == EAGAIN);
}

static void fill_the_window(void)
{
	const struct sock_entry *entry;
	int ends[2], unsent, queued;

	open_lab();
	connect_pair(ends);
	/* Until the other side takes no more: all that was sent is acknowledged, and there is more. Then
	 * the timer is that of the window probe. */
	do {
		fill(ends[0]);
		MUST(!ioctl(ends[0], SIOCOUTQNSD, &unsent) && !ioctl(ends[0], SIOCOUTQ, &queued));
	} while (!unsent || unsent != queued);
	MUST((entry = find(0, TRANSPORT_TCP, 5000)) && entry->send_queue > 0 && entry->timer);
	MUST(pending(0));
}

static int open_ipv6(size_t host, int type, uint16_t port, int only)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int descriptor;

	MUST(!lab_visit(&lab, host));
	MUST((descriptor = socket(AF_INET6, type | SOCK_CLOEXEC, 0)) >= 0);
	MUST(!setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only));
	MUST(!bind(descriptor, (struct sockaddr *)&any, sizeof any));
	MUST(!lab_leave(&lab));
	return descriptor;
}

static void serve_both_families(void)
{
	static const uint8_t zero[16];
	const struct sock_entry *entry;
	int listener, accepted;

	open_lab();
	listener = open_ipv6(1, SOCK_STREAM, 7000, 0);
	MUST(!listen(listener, 5));
	open_ipv6(1, SOCK_DGRAM, 7001, 0);
	MUST((entry = find(1, TRANSPORT_TCP, 7000)) && entry->state == SOCK_LISTEN);
	MUST(entry->local.family == 6 && !memcmp(entry->local.bytes, zero, 16));
	MUST((entry = find(1, TRANSPORT_UDP, 7001)) && entry->state == SOCK_BOUND && entry->local.family == 6);
	MUST(ready(1, TRANSPORT_TCP, 7000) && ready(1, TRANSPORT_UDP, 7001));
	connect_from(0, 5000, "10.0.0.2", 7000);
	MUST((accepted = accept(listener, NULL, NULL)) >= 0 && !close(listener));
	MUST((entry = find(1, TRANSPORT_TCP, 7000)) && entry->state == SOCK_CONNECTED);
	MUST(is_at(&entry->local, "10.0.0.2") && is_at(&entry->remote, "10.0.0.1"));
}

static void serve_ipv6_only(void)
{
	int listener;

	open_lab();
	listener = open_ipv6(1, SOCK_STREAM, 7000, 1);
	MUST(!listen(listener, 5));
	open_ipv6(1, SOCK_DGRAM, 7001, 1);
	MUST(!ready(1, TRANSPORT_TCP, 7000) && !ready(1, TRANSPORT_UDP, 7001));
}

static void read_in_order(void)
{
	static const uint16_t ports[] = {7300, 7100, 7200, 7150};
	struct sock_entry *table;
	struct error error;
	size_t count;

	open_lab();
	for (size_t i = 0; i < 4; i++)
		listen_at(1, ports[i]);
	labs_socket(&lab, 1, SOCK_DGRAM, 7000);
	MUST(!sockets_read(lab.diag[1], true, &table, &count, &error) && count == 5);
	for (size_t i = 1; i < 4; i++)
		MUST(table[i - 1].local_port < table[i].local_port);
	MUST(table[4].transport == TRANSPORT_UDP);
	free(table);
}

static void hold_many(void)
{
	struct sock_entry *table;
	struct error error;
	size_t count;

	open_lab();
	for (uint16_t port = 2000; port < 2900; port++)
		listen_at(1, port);
	MUST(!sockets_read(lab.diag[1], true, &table, &count, &error) && count == 900);
	MUST(table[0].local_port == 2000 && table[899].local_port == 2899);
	free(table);
	MUST(ready(1, TRANSPORT_TCP, 2450));
}

/* ---- tests ---- */

#define TEST(function, body) static void function(void) { ASSERT_STRING(labs_run(body), ""); }

TEST(empty, be_empty)
TEST(listening, listen_only)
TEST(accept_queue, queue_for_accept)
TEST(bound, bind_only)
TEST(udp, bind_udp)
TEST(unread, leave_unread)
TEST(closed, close_in_order)
TEST(syn, open_into_nothing)
TEST(syn_ack, open_half)
TEST(window, fill_the_window)
TEST(both_families, serve_both_families)
TEST(ipv6_only, serve_ipv6_only)
TEST(order, read_in_order)
TEST(many, hold_many)

static const struct suite_test tests[] = {
	{"a fresh host has no sockets", empty},
	{"a listener is ready, and nothing else is", listening},
	{"a listener counts those that wait for accept()", accept_queue},
	{"TCP bound and not listening is seen and not ready", bound},
	{"UDP bound and UDP connected", udp},
	{"unread bytes are counted without the FIN", unread},
	{"who closes first is left in TIME_WAIT", closed},
	{"a SYN into nothing is pending", syn},
	{"a SYN-ACK that gets lost is pending", syn_ack},
	{"a full window is pending", window},
	{"an IPv6 socket serves IPv4", both_families},
	{"an IPv6-only socket does not", ipv6_only},
	{"the table is in order", order},
	{"a table of 900 is complete", many},
};

int main(void)
{
	int gate = labs_gate();

	return gate ? gate : suite_run("sockets", tests, sizeof tests / sizeof tests[0]);
}
