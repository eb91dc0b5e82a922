/* test_flow.c - packets to events: each test feeds packets and compares the flow's
 * events, written as a trace writes them.
 *
 * The client is 10.0.0.2:6666 with sequence numbers from 100, the server
 * 10.0.0.1:7777 with sequence numbers from 500. */
#include "flow.h"
#include "suite.h"
#include "stream.h"
#include "text.h"
#include "wire.h"

#include <pcap/dlt.h>
#include <string.h>

#define CLIENT "10.0.0.2"
#define SERVER "10.0.0.1"
#define MILLISECOND 1000000

static struct wire wire;
static struct reducer *reducer;
static size_t number;
static int64_t now;
static int linktype;

static void begin(void)
{
	reducer_free(reducer);
	reducer = reducer_new();
	number = 0;
	now = 0;
	linktype = DLT_RAW;
}

static void end(void)
{
	reducer_free(reducer);
	reducer = NULL;
}

/* Feeds what is in `wire`, of which the capture has CAPTURED bytes; 10 ms behind the packet before. */
static void feed_cut(size_t captured)
{
	struct packet packet;

	now += 10 * MILLISECOND;
	packet.time_ns = now;
	packet_decode(linktype, wire_bytes(&wire), captured, wire.length, &packet);
	reducer_packet(reducer, &packet, ++number);
}

static void feed(void)
{
	feed_cut(wire.length);
}

static void tcp(const char *from, uint16_t port, const char *to, uint16_t to_port, const char *flags,
                uint32_t seq, uint32_t ack, const char *text)
{
	wire_text(&wire, text);
	wire_tcp(&wire, port, to_port, flags, seq, ack);
	wire_ip(&wire, from, to);
	feed();
}

static void client(const char *flags, uint32_t seq, uint32_t ack, const char *text)
{
	tcp(CLIENT, 6666, SERVER, 7777, flags, seq, ack, text);
}

static void server(const char *flags, uint32_t seq, uint32_t ack, const char *text)
{
	tcp(SERVER, 7777, CLIENT, 6666, flags, seq, ack, text);
}

static void handshake(void)
{
	client("S", 100, 0, "");
	server("SA", 500, 101, "");
	client("A", 101, 501, "");
}

static void udp(const char *from, uint16_t port, const char *to, uint16_t to_port, const char *text)
{
	wire_text(&wire, text);
	wire_udp(&wire, port, to_port);
	wire_ip(&wire, from, to);
	feed();
}

static size_t flow_count(void)
{
	size_t count;

	(void)reducer_flows(reducer, &count);
	return count;
}

static const struct flow *flow(size_t index)
{
	static const struct flow none;
	size_t count;
	const struct flow *const *flows = reducer_flows(reducer, &count);

	return index < count ? flows[index] : &none;
}

static void show_event(const struct event *event, struct text *out)
{
	text_add(out, event->direction == DIRECTION_ALONG ? " ->" : " <-");
	switch (event->kind) {
	case EVENT_MESSAGE:
		text_add(out, " ");
		text_add_quoted(out, event->bytes, event->kept);
		if (event->kept < event->length)
			text_printf(out, " of %zu", event->length);
		break;
	case EVENT_FIN: text_add(out, " fin"); break;
	case EVENT_RESET: text_add(out, " reset"); break;
	case EVENT_SYN: text_add(out, " syn"); break;
	case EVENT_ACK: text_add(out, " ack"); break;
	case EVENT_UNREACHABLE: text_printf(out, " unreachable %u/%u", event->icmp_type, event->icmp_code); break;
	}
}

/* The events of a flow in one line. */
static const char *events(size_t index)
{
	static struct text text;

	text_free(&text);
	for (size_t i = 0; i < flow(index)->event_count; i++)
		show_event(&flow(index)->events[i], &text);
	return *text_string(&text) ? text_string(&text) + 1 : "nothing";
}

static void ordinary_exchange(void)
{
	begin();
	handshake();
	CU_ASSERT(!flow(0)->acked[0] && !flow(0)->acked[1]); /* nothing was said yet */
	client("PA", 101, 501, "from B");
	server("A", 501, 107, "");
	server("PA", 501, 107, "thanks");
	client("A", 107, 507, "");
	client("FA", 107, 507, "");
	server("FA", 507, 108, "");
	client("A", 108, 508, "");
	CU_ASSERT_EQUAL(flow_count(), 1);
	ASSERT_STRING(events(0), "-> \"from B\" <- \"thanks\" -> fin <- fin");
	CU_ASSERT(flow(0)->saw_syn && flow(0)->established && flow(0)->syn_answered);
	CU_ASSERT(!flow(0)->refused && !flow(0)->simultaneous);
	CU_ASSERT(flow(0)->acked[0] && flow(0)->acked[1]);
	CU_ASSERT_EQUAL(flow(0)->syn_count, 1);
	CU_ASSERT_EQUAL(flow(0)->retransmitted, 0);
	CU_ASSERT_EQUAL(flow(0)->incomplete, 0);
	CU_ASSERT_EQUAL(flow(0)->packets[0], 6);
	CU_ASSERT_EQUAL(flow(0)->packets[1], 4);
	CU_ASSERT_EQUAL(flow(0)->bytes[0], 6);
	CU_ASSERT_EQUAL(flow(0)->port[0], 6666);
	CU_ASSERT_EQUAL(flow(0)->packet, 1);
	CU_ASSERT_EQUAL(flow(0)->opened_ns, 10 * MILLISECOND);
	CU_ASSERT_EQUAL(flow(0)->last_ns, now);
	CU_ASSERT_EQUAL(flow(0)->events[1].packet, 6);
	CU_ASSERT_EQUAL(flow(0)->events[1].time_ns, 60 * MILLISECOND);
	end();
}

static void message_of_many_segments(void)
{
	begin();
	handshake();
	client("PA", 101, 501, "one");
	server("A", 501, 104, "");
	client("PA", 104, 501, "two");
	client("PA", 107, 501, "three");
	ASSERT_STRING(events(0), "-> \"onetwothree\"");
	CU_ASSERT_EQUAL(flow(0)->events[0].time_ns, 40 * MILLISECOND);
	CU_ASSERT_EQUAL(flow(0)->events[0].end_ns, 70 * MILLISECOND);
	CU_ASSERT(!flow(0)->acked[0]);
	server("PA", 501, 112, "!");
	client("PA", 112, 502, "four");
	ASSERT_STRING(events(0), "-> \"onetwothree\" <- \"!\" -> \"four\"");
	CU_ASSERT(!flow(0)->acked[0]);
	CU_ASSERT(flow(0)->acked[1]);
	server("FA", 502, 116, "");
	client("PA", 116, 503, "five");
	ASSERT_STRING(events(0), "-> \"onetwothree\" <- \"!\" -> \"four\" <- fin -> \"five\"");
	end();
}

static void retransmissions(void)
{
	begin();
	client("S", 100, 0, "");
	client("S", 100, 0, "");
	server("SA", 500, 101, "");
	server("SA", 500, 101, "");
	client("A", 101, 501, "");
	client("PA", 101, 501, "abcd");
	client("PA", 101, 501, "abcd");
	client("PA", 103, 501, "cdef");
	client("PA", 102, 501, "bc");
	server("FA", 501, 107, "");
	server("FA", 501, 107, "");
	client("FA", 107, 502, "");
	client("FA", 107, 502, "");
	ASSERT_STRING(events(0), "-> \"abcdef\" <- fin -> fin");
	CU_ASSERT_EQUAL(flow_count(), 1);
	CU_ASSERT_EQUAL(flow(0)->syn_count, 2);
	CU_ASSERT_EQUAL(flow(0)->retransmitted, 6);
	CU_ASSERT_EQUAL(flow(0)->bytes[0], 6);
	end();
}

static void reordering(void)
{
	begin();
	handshake();
	client("PA", 107, 501, "three");
	client("FA", 112, 501, "");
	client("PA", 104, 501, "two");
	ASSERT_STRING(events(0), "nothing");
	CU_ASSERT_EQUAL(flow(0)->incomplete, 3);
	client("PA", 101, 501, "one");
	ASSERT_STRING(events(0), "-> \"onetwothree\" -> fin");
	CU_ASSERT_EQUAL(flow(0)->incomplete, 0);
	CU_ASSERT_EQUAL(flow(0)->retransmitted, 0);
	end();
}

static void held_segments_overlap(void)
{
	begin();
	handshake();
	client("PA", 105, 501, "ef");
	client("PA", 103, 501, "cdef");
	client("PA", 105, 501, "ef");
	client("PA", 106, 501, "fgh");
	client("PA", 101, 501, "abc");
	ASSERT_STRING(events(0), "-> \"abcdefgh\"");
	CU_ASSERT_EQUAL(flow(0)->retransmitted, 1);
	end();
}

static void sequence_wraps(void)
{
	begin();
	client("S", 0xfffffffc, 0, "");
	server("SA", 0xffffffff, 0xfffffffd, "");
	client("A", 0xfffffffd, 0, "");
	server("A", 0xfffffff0, 0xfffffffd, "x"); /* long before the first byte, which has number 0 */
	client("PA", 3, 0, "ghi");
	client("PA", 0xfffffffd, 0, "abcdef");
	client("PA", 0xfffffffe, 0, "bcde");
	server("PA", 0, 6, "ok");
	client("FA", 6, 2, "");
	server("FA", 2, 7, "");
	ASSERT_STRING(events(0), "-> \"abcdefghi\" <- \"ok\" -> fin <- fin");
	CU_ASSERT(flow(0)->established && flow(0)->acked[0] && flow(0)->acked[1]);
	CU_ASSERT_EQUAL(flow(0)->retransmitted, 2);
	CU_ASSERT_EQUAL(flow(0)->incomplete, 0);
	end();
}

static void data_on_the_syn(void)
{
	begin();
	client("S", 100, 0, "early");
	server("SA", 500, 106, "");
	client("PA", 106, 501, " late");
	ASSERT_STRING(events(0), "-> \"early late\"");
	CU_ASSERT(flow(0)->established);
	begin();
	client("S", 100, 0, "early");
	server("SA", 500, 101, ""); /* not taken: it comes again */
	client("PA", 101, 501, "early");
	ASSERT_STRING(events(0), "-> \"early\"");
	CU_ASSERT(flow(0)->established);
	end();
}

static void data_on_the_ack(void)
{
	begin();
	client("S", 100, 0, "");
	server("SA", 500, 101, "");
	CU_ASSERT(!flow(0)->established);
	client("PA", 101, 501, "at once");
	CU_ASSERT(flow(0)->established);
	ASSERT_STRING(events(0), "-> \"at once\"");
	end();
}

static void data_with_fin(void)
{
	begin();
	handshake();
	client("FPA", 101, 501, "last");
	client("FPA", 101, 501, "last");
	client("FA", 105, 501, "");
	client("PA", 106, 501, "beyond the end");
	ASSERT_STRING(events(0), "-> \"last\" -> fin");
	end();
}

static void probes_are_nothing(void)
{
	begin();
	handshake();
	client("PA", 101, 501, "hello");
	server("A", 501, 106, "");
	client("A", 105, 501, "");   /* Linux keepalive, and zero-window probe */
	server("A", 501, 106, "");
	client("A", 105, 501, "x");  /* the older form, with a byte of garbage */
	server("A", 501, 106, "");
	server("A", 500, 106, "x");
	client("PA", 106, 501, "w"); /* a probe with the next byte, refused by a closed window */
	server("A", 501, 106, "");
	client("PA", 106, 501, "world");
	ASSERT_STRING(events(0), "-> \"helloworld\"");
	CU_ASSERT_EQUAL(flow(0)->incomplete, 0);
	end();
}

static void half_close(void)
{
	begin();
	handshake();
	client("PA", 101, 501, "query");
	client("FA", 106, 501, "");
	server("PA", 501, 107, "answer");
	server("PA", 507, 107, "!");
	server("FA", 508, 107, "");
	ASSERT_STRING(events(0), "-> \"query\" -> fin <- \"answer!\" <- fin");
	end();
}

static void refused_by_reset(void)
{
	begin();
	client("S", 100, 0, "");
	server("RA", 0, 101, "");
	ASSERT_STRING(events(0), "nothing");
	CU_ASSERT(flow(0)->refused);
	CU_ASSERT(!flow(0)->established && !flow(0)->syn_answered);
	/* The retry from the same port is another connection. */
	client("S", 9000, 0, "");
	server("SA", 500, 9001, "");
	CU_ASSERT_EQUAL(flow_count(), 2);
	CU_ASSERT(flow(0)->refused && !flow(1)->refused && flow(1)->syn_answered);
	end();
}

static void icmp_about(const char *from, uint8_t type, uint8_t code)
{
	wire_icmp(&wire, type, code);
	wire_ip(&wire, from, CLIENT);
	feed();
}

static void syn_packet(uint32_t seq)
{
	wire_text(&wire, "");
	wire_tcp(&wire, 6666, 7777, "S", seq, 0);
	wire_ip(&wire, CLIENT, SERVER);
}

static void refused_by_icmp(void)
{
	begin();
	client("S", 100, 0, "");
	syn_packet(100);
	icmp_about("10.0.0.254", 3, 13);
	ASSERT_STRING(events(0), "<- unreachable 3/13");
	CU_ASSERT(flow(0)->refused);
	CU_ASSERT_EQUAL(address_to_ipv4(&flow(0)->events[0].icmp_source), 0x0a0000fe);
	client("S", 100, 0, ""); /* Linux tries again after some ICMP errors */
	syn_packet(100);
	icmp_about("10.0.0.254", 3, 13);
	CU_ASSERT_EQUAL(flow_count(), 1);
	CU_ASSERT_EQUAL(flow(0)->syn_count, 2);
	server("SA", 500, 101, "");
	CU_ASSERT(!flow(0)->refused);
	begin();
	client("S", 100, 0, "");
	syn_packet(100);
	icmp_about("10.0.0.254", 3, 4); /* only too big */
	CU_ASSERT(!flow(0)->refused);
	begin();
	client("S", 100, 0, "");
	server("SA", 500, 101, "");
	syn_packet(100);
	icmp_about("10.0.0.254", 3, 1);
	CU_ASSERT(!flow(0)->refused);
	end();
}

static void icmp_does_not_split_a_message(void)
{
	begin();
	handshake();
	client("PA", 101, 501, "one");
	syn_packet(101);
	icmp_about("10.0.0.254", 3, 4);
	client("PA", 104, 501, "two");
	ASSERT_STRING(events(0), "-> \"onetwo\" <- unreachable 3/4");
	end();
}

static void unanswered(void)
{
	begin();
	client("S", 100, 0, "");
	client("S", 100, 0, "");
	client("S", 100, 0, "");
	CU_ASSERT(!flow(0)->refused && !flow(0)->syn_answered && !flow(0)->established);
	CU_ASSERT_EQUAL(flow(0)->syn_count, 3);
	client("S", 777, 0, ""); /* connect() once more: another connection */
	CU_ASSERT_EQUAL(flow_count(), 2);
	CU_ASSERT_EQUAL(flow(1)->syn_count, 1);
	end();
}

static void simultaneous_open(void)
{
	begin();
	client("S", 100, 0, "");
	server("S", 500, 0, "");
	client("SA", 100, 501, "");
	server("SA", 500, 101, "");
	server("PA", 501, 101, "hi");
	client("PA", 101, 503, "ho");
	CU_ASSERT_EQUAL(flow_count(), 1);
	CU_ASSERT(flow(0)->simultaneous && flow(0)->established && flow(0)->syn_answered);
	CU_ASSERT_EQUAL(flow(0)->syn_count, 1);
	ASSERT_STRING(events(0), "<- \"hi\" -> \"ho\"");
	begin();
	client("S", 100, 0, "");
	server("S", 500, 0, "");
	client("RA", 0, 501, ""); /* has given up in the meantime */
	CU_ASSERT(flow(0)->simultaneous && flow(0)->refused);
	ASSERT_STRING(events(0), "nothing");
	end();
}

static void self_connect(void)
{
	begin();
	tcp("127.0.0.1", 9999, "127.0.0.1", 9999, "S", 100, 0, "");
	tcp("127.0.0.1", 9999, "127.0.0.1", 9999, "SA", 100, 101, "");
	tcp("127.0.0.1", 9999, "127.0.0.1", 9999, "A", 101, 101, "");
	tcp("127.0.0.1", 9999, "127.0.0.1", 9999, "PA", 101, 101, "me");
	tcp("127.0.0.1", 9999, "127.0.0.1", 9999, "FA", 103, 103, "");
	CU_ASSERT_EQUAL(flow_count(), 1);
	CU_ASSERT(flow(0)->established);
	ASSERT_STRING(events(0), "-> \"me\" -> fin");
	end();
}

static void resets(void)
{
	begin();
	handshake();
	server("RA", 501, 101, "");
	server("R", 501, 0, "");
	client("R", 101, 0, "");
	ASSERT_STRING(events(0), "<- reset -> reset");
	begin();
	client("S", 100, 0, "");
	server("SA", 500, 101, "");
	client("R", 101, 0, "");
	ASSERT_STRING(events(0), "-> reset");
	CU_ASSERT(!flow(0)->refused);
	begin();
	handshake();
	client("FA", 101, 501, "");
	server("PA", 501, 102, "unread");
	client("R", 102, 0, "");
	ASSERT_STRING(events(0), "-> fin <- \"unread\" -> reset");
	begin();
	handshake();
	client("FA", 101, 501, "");
	server("FA", 501, 101, "");
	client("R", 101, 0, ""); /* late, and legitimate */
	ASSERT_STRING(events(0), "-> fin <- fin");
	begin();
	server("R", 501, 0, ""); /* all there is */
	ASSERT_STRING(events(0), "-> reset");
	CU_ASSERT(!flow(0)->established && !flow(0)->saw_syn);
	end();
}

static void port_used_again(void)
{
	begin();
	handshake();
	client("FA", 101, 501, "");
	server("FA", 501, 102, "");
	client("A", 102, 502, "");
	client("S", 70000, 0, "");
	server("SA", 90000, 70001, "");
	client("PA", 70001, 90001, "again");
	CU_ASSERT_EQUAL(flow_count(), 2);
	ASSERT_STRING(events(0), "-> fin <- fin");
	ASSERT_STRING(events(1), "-> \"again\"");
	CU_ASSERT_EQUAL(flow(1)->packet, 7);
	server("S", 5, 0, ""); /* a SYN the other way, with new numbers: opened by the server */
	CU_ASSERT_EQUAL(flow_count(), 3);
	CU_ASSERT_EQUAL(flow(2)->port[0], 7777);
	end();
}

/* RFC 5961, section 4: a SYN on a connection that the target still has is answered with its old numbers. */
static void challenge(void)
{
	begin();
	client("S", 100, 0, "");
	server("A", 70000, 80000, "");
	client("R", 80000, 0, "");
	ASSERT_STRING(events(0), "nothing");
	CU_ASSERT(!flow(0)->established && !flow(0)->syn_answered);
	client("S", 100, 0, "");
	server("SA", 500, 101, "");
	client("PA", 101, 501, "x");
	ASSERT_STRING(events(0), "-> \"x\"");
	CU_ASSERT(flow(0)->established);
	end();
}

static void starts_in_the_middle(void)
{
	begin();
	server("PA", 501, 101, "push");
	client("A", 101, 505, "");
	client("PA", 101, 505, "ok");
	CU_ASSERT_EQUAL(flow_count(), 1);
	CU_ASSERT(!flow(0)->saw_syn && flow(0)->established);
	CU_ASSERT_EQUAL(flow(0)->port[0], 7777);
	ASSERT_STRING(events(0), "-> \"push\" <- \"ok\"");
	CU_ASSERT_EQUAL(flow(0)->incomplete, 0);
	begin();
	server("A", 501, 104, "");
	client("PA", 101, 501, "old!new"); /* the first four... */
	ASSERT_STRING(events(0), "<- \"!new\""); /* ...of which three had been acknowledged before */
	client("S", 9000, 0, "");
	CU_ASSERT_EQUAL(flow_count(), 2);
	CU_ASSERT(flow(1)->saw_syn);
	end();
}

static void starts_with_a_syn_ack(void)
{
	begin();
	server("SA", 500, 101, "");
	CU_ASSERT_EQUAL(flow(0)->port[0], 6666);
	CU_ASSERT(flow(0)->syn_answered && !flow(0)->saw_syn && !flow(0)->established);
	client("PA", 101, 501, "x");
	CU_ASSERT(flow(0)->established);
	ASSERT_STRING(events(0), "-> \"x\"");
	begin();
	server("SA", 500, 101, "");
	client("S", 100, 0, ""); /* captured in the wrong order */
	CU_ASSERT(flow(0)->saw_syn);
	CU_ASSERT_EQUAL(flow_count(), 1);
	end();
}

static void lost_syn_ack(void)
{
	begin();
	client("S", 100, 0, "");
	client("A", 101, 501, "");
	CU_ASSERT(flow(0)->established && flow(0)->syn_answered);
	server("PA", 501, 101, "hello");
	ASSERT_STRING(events(0), "<- \"hello\"");
	begin();
	client("S", 100, 0, "");
	server("PA", 501, 101, "hello");
	client("A", 101, 506, "");
	CU_ASSERT(flow(0)->established);
	ASSERT_STRING(events(0), "<- \"hello\"");
	end();
}

static void proven_loss(void)
{
	begin();
	handshake();
	client("PA", 101, 501, "one");
	client("PA", 107, 501, "three");
	ASSERT_STRING(events(0), "-> \"one\"");
	server("A", 501, 112, "");
	ASSERT_STRING(events(0), "-> \"one\" of 11"); /* bytes behind a hole are not kept */
	CU_ASSERT_EQUAL(flow(0)->incomplete, 3);
	/* The last bytes, of which only the answer tells. */
	server("PA", 501, 116, "answer");
	ASSERT_STRING(events(0), "-> \"one\" of 15 <- \"answer\"");
	CU_ASSERT_EQUAL(flow(0)->incomplete, 7);
	end();
}

static void ack_before_its_data(void)
{
	begin();
	handshake();
	server("A", 501, 106, "");
	CU_ASSERT_EQUAL(flow(0)->incomplete, 5);
	client("PA", 101, 501, "hello");
	ASSERT_STRING(events(0), "-> \"hello\"");
	CU_ASSERT_EQUAL(flow(0)->incomplete, 0);
	CU_ASSERT(flow(0)->acked[0]);
	end();
}

static void bounded_holding(void)
{
	begin();
	handshake();
	for (uint32_t i = 0; i < STREAM_HELD_SEGMENTS; i++)
		client("A", 111 + i, 501, "x");
	CU_ASSERT_EQUAL(flow(0)->event_count, 0);
	CU_ASSERT_EQUAL(flow(0)->incomplete, 10);
	client("A", 111 + STREAM_HELD_SEGMENTS, 501, "x");
	CU_ASSERT_EQUAL(flow(0)->event_count, 1);
	CU_ASSERT_EQUAL(flow(0)->bytes[0], 10 + STREAM_HELD_SEGMENTS + 1);
	CU_ASSERT_EQUAL(flow(0)->incomplete, 10);
	end();
}

static void bounded_bytes(void)
{
	static uint8_t bytes[60000];

	begin();
	handshake();
	for (uint32_t i = 0; i < 20; i++) {
		wire_payload(&wire, bytes, sizeof bytes);
		wire_tcp(&wire, 6666, 7777, "A", 111 + i * (uint32_t)sizeof bytes, 501);
		wire_ip(&wire, CLIENT, SERVER);
		feed();
	}
	CU_ASSERT_EQUAL(flow(0)->bytes[0], 10 + 20 * sizeof bytes);
	CU_ASSERT_EQUAL(flow(0)->incomplete, 10);
	end();
}

static void long_messages(void)
{
	static uint8_t bytes[50000]; /* larger than any MTU: just a segment */
	const struct event *event;

	memset(bytes, 'a', sizeof bytes);
	bytes[sizeof bytes - 1] = 'z';
	begin();
	handshake();
	for (uint32_t i = 0; i < 3; i++) {
		wire_payload(&wire, bytes, sizeof bytes);
		wire_tcp(&wire, 6666, 7777, "A", 101 + i * (uint32_t)sizeof bytes, 501);
		wire_ip(&wire, CLIENT, SERVER);
		feed();
	}
	CU_ASSERT_EQUAL(flow(0)->event_count, 1);
	event = &flow(0)->events[0];
	CU_ASSERT_EQUAL(event->length, 3 * sizeof bytes);
	CU_ASSERT_EQUAL_FATAL(event->kept, FLOW_BYTES_KEPT);
	CU_ASSERT_EQUAL(event->bytes[sizeof bytes - 1], 'z');
	CU_ASSERT_EQUAL(event->bytes[sizeof bytes], 'a');
	CU_ASSERT_EQUAL(flow(0)->incomplete, 0);
	end();
}

static void snapped_packets(void)
{
	begin();
	handshake();
	wire_text(&wire, "0123456789");
	wire_tcp(&wire, 6666, 7777, "PA", 101, 501);
	wire_ip(&wire, CLIENT, SERVER);
	feed_cut(wire.length - 6);
	client("PA", 111, 501, "abc");
	ASSERT_STRING(events(0), "-> \"0123\" of 13");
	CU_ASSERT_EQUAL(flow(0)->incomplete, 6);
	wire_text(&wire, "0123456789");
	wire_udp(&wire, 1, 2);
	wire_ip(&wire, CLIENT, SERVER);
	feed_cut(wire.length - 9);
	ASSERT_STRING(events(1), "-> \"0\" of 10");
	CU_ASSERT_EQUAL(flow(1)->incomplete, 9);
	end();
}

static void datagrams(void)
{
	begin();
	udp(CLIENT, 6666, SERVER, 7777, "from B");
	udp(SERVER, 7777, CLIENT, 6666, "thanks");
	udp(SERVER, 7777, CLIENT, 6666, "");
	udp(SERVER, 7777, CLIENT, 6666, "thanks");
	udp("10.0.0.3", 6666, SERVER, 7777, "from C");
	udp("fd00::2", 6666, "fd00::1", 7777, "six");
	CU_ASSERT_EQUAL(flow_count(), 3);
	ASSERT_STRING(events(0), "-> \"from B\" <- \"thanks\" <- \"\" <- \"thanks\"");
	ASSERT_STRING(events(1), "-> \"from C\"");
	ASSERT_STRING(events(2), "-> \"six\"");
	CU_ASSERT_EQUAL(flow(0)->transport, TRANSPORT_UDP);
	CU_ASSERT(flow(0)->established);
	CU_ASSERT_EQUAL(flow(0)->bytes[1], 12);
	end();
}

static void udp_unreachable(void)
{
	begin();
	udp(CLIENT, 6666, SERVER, 7777, "from B");
	icmp_about(SERVER, 3, 3); /* quotes what is in `wire`: the datagram */
	ASSERT_STRING(events(0), "-> \"from B\" <- unreachable 3/3");
	udp(SERVER, 7777, CLIENT, 6666, "late");
	icmp_about(CLIENT, 3, 3);
	ASSERT_STRING(events(0), "-> \"from B\" <- unreachable 3/3 <- \"late\" -> unreachable 3/3");
	wire_text(&wire, "");
	wire_udp(&wire, 1, 2);
	wire_ip(&wire, CLIENT, SERVER);
	icmp_about(SERVER, 3, 3);
	CU_ASSERT_EQUAL(reducer_unclaimed(reducer, PACKET_ICMP_ERROR), 1);
	udp("fd00::2", 6666, "fd00::1", 7777, "six");
	wire_icmp6(&wire, 1, 4);
	wire_ip(&wire, "fd00::1", "fd00::2");
	feed();
	ASSERT_STRING(events(1), "-> \"six\" <- unreachable 1/4");
	end();
}

static void unclaimed_packets(void)
{
	begin();
	wire_text(&wire, "x");
	wire.protocol = 47;
	wire_ip(&wire, CLIENT, SERVER);
	feed();
	wire_text(&wire, "ping");
	wire_icmp(&wire, 8, 0);
	wire_ip(&wire, CLIENT, SERVER);
	feed();
	feed_cut(10);
	wire_bytes(&wire)[0] = 0;
	feed();
	CU_ASSERT_EQUAL(reducer_unclaimed(reducer, PACKET_OTHER), 1);
	CU_ASSERT_EQUAL(reducer_unclaimed(reducer, PACKET_ICMP_OTHER), 1);
	CU_ASSERT_EQUAL(reducer_unclaimed(reducer, PACKET_TRUNCATED), 1);
	CU_ASSERT_EQUAL(reducer_unclaimed(reducer, PACKET_MALFORMED), 1);
	CU_ASSERT_EQUAL(reducer_unclaimed(reducer, PACKET_ARP), 0);
	CU_ASSERT_EQUAL(flow_count(), 0);
	end();
}

static struct wire whole;

static void big_datagram(const char *from, const char *to)
{
	char text[2001];

	for (size_t i = 0; i < sizeof text - 1; i++)
		text[i] = (char)('a' + i % 26);
	text[sizeof text - 1] = '\0';
	wire_text(&whole, text);
	wire_udp(&whole, 6666, 7777);
	wire_ip(&whole, from, to);
}

static void fragment(size_t offset, size_t length, uint16_t id)
{
	wire_fragment(&wire, &whole, offset, length, id);
	feed();
}

static void fragmented_datagrams(void)
{
	begin();
	big_datagram(CLIENT, SERVER);
	fragment(1600, 408, 9); /* the last first */
	fragment(0, 800, 9);
	fragment(0, 800, 9);    /* twice */
	CU_ASSERT_EQUAL(flow_count(), 0);
	CU_ASSERT_EQUAL(reducer_unclaimed(reducer, PACKET_FRAGMENT), 3);
	fragment(800, 800, 9);
	CU_ASSERT_EQUAL(flow_count(), 1);
	CU_ASSERT_EQUAL(reducer_unclaimed(reducer, PACKET_FRAGMENT), 0);
	CU_ASSERT_EQUAL(flow(0)->packets[0], 4);
	CU_ASSERT_EQUAL_FATAL(flow(0)->event_count, 1);
	CU_ASSERT_EQUAL_FATAL(flow(0)->events[0].kept, 2000);
	CU_ASSERT(!memcmp(flow(0)->events[0].bytes, whole.memory + WIRE_ROOM, 2000));
	big_datagram("fd00::2", "fd00::1");
	fragment(0, 1000, 9);
	fragment(1000, 1008, 9);
	CU_ASSERT_EQUAL(flow_count(), 2);
	CU_ASSERT_EQUAL(flow(1)->bytes[0], 2000);
	end();
}

static void snapped_fragment(void)
{
	begin();
	big_datagram(CLIENT, SERVER);
	fragment(1600, 408, 9);
	wire_fragment(&wire, &whole, 0, 1600, 9);
	feed_cut(20 + 8 + 5);
	CU_ASSERT_EQUAL_FATAL(flow_count(), 1);
	ASSERT_STRING(events(0), "-> \"abcde\" of 2000");
	CU_ASSERT_EQUAL(flow(0)->incomplete, 1995);
	end();
}

static void lost_fragments(void)
{
	begin();
	big_datagram(CLIENT, SERVER);
	for (uint16_t id = 1; id <= 20; id++)
		fragment(0, 800, id);
	CU_ASSERT_EQUAL(flow_count(), 0);
	CU_ASSERT_EQUAL(reducer_unclaimed(reducer, PACKET_FRAGMENT), 20);
	fragment(800, 1208, 1); /* pushed out by the sixteen that came last */
	CU_ASSERT_EQUAL(flow_count(), 0);
	fragment(800, 1208, 20);
	CU_ASSERT_EQUAL(flow_count(), 1);
	CU_ASSERT_EQUAL(reducer_unclaimed(reducer, PACKET_FRAGMENT), 20);
	now += INT64_C(31000) * MILLISECOND;
	fragment(800, 1208, 19); /* too late: another datagram of the same identification */
	CU_ASSERT_EQUAL(flow_count(), 1);
	CU_ASSERT_EQUAL(flow(0)->event_count, 1);
	end();
}

static void contradicting_fragments(void)
{
	begin();
	big_datagram(CLIENT, SERVER);
	fragment(1600, 408, 9);
	big_datagram(CLIENT, SERVER);
	whole.length = 20 + 808; /* a second last fragment, nearer */
	wire_fragment(&wire, &whole, 800, 8, 9);
	feed();
	wire_fragment(&wire, &whole, 0, 392, 9); /* as many bytes as would do, but not the right ones */
	feed();
	CU_ASSERT_EQUAL(flow_count(), 0);
	CU_ASSERT_EQUAL(reducer_unclaimed(reducer, PACKET_FRAGMENT), 3);
	end();
}

/* Feeds a cooked datagram of identification ID so much behind the last packet. */
static void cooked(uint16_t id, int64_t behind, const char *text)
{
	wire_text(&wire, text);
	wire_udp(&wire, 6666, 7777);
	wire.id = id;
	wire_ip(&wire, CLIENT, SERVER);
	wire_cooked2(&wire);
	now += behind - 10 * MILLISECOND;
	feed();
}

static void captured_twice(void)
{
	begin();
	linktype = DLT_LINUX_SLL2;
	cooked(5, 10 * MILLISECOND, "a");
	cooked(6, 1000, "b");
	cooked(5, 1000, "a"); /* the same, at another interface */
	cooked(6, 1000, "b");
	ASSERT_STRING(events(0), "-> \"a\" -> \"b\"");
	CU_ASSERT_EQUAL(flow(0)->retransmitted, 2);
	CU_ASSERT_EQUAL(flow(0)->packets[0], 4);
	cooked(6, 2 * MILLISECOND, "b"); /* too late to be the same */
	cooked(7, 1000, "b");
	cooked(7, 1000, "c");
	cooked(0, 1000, "d"); /* no identification: nothing is known */
	cooked(0, 1000, "d");
	ASSERT_STRING(events(0), "-> \"a\" -> \"b\" -> \"b\" -> \"b\" -> \"c\" -> \"d\" -> \"d\"");
	begin();
	for (int i = 0; i < 2; i++) { /* one interface: sent twice */
		wire_text(&wire, "a");
		wire_udp(&wire, 6666, 7777);
		wire.id = 5;
		wire_ip(&wire, CLIENT, SERVER);
		now -= 10 * MILLISECOND - 1000;
		feed();
	}
	ASSERT_STRING(events(0), "-> \"a\" -> \"a\"");
	end();
}

static void syn_captured_twice(void)
{
	begin();
	linktype = DLT_LINUX_SLL;
	for (int i = 0; i < 2; i++) {
		wire_text(&wire, "");
		wire_tcp(&wire, 6666, 7777, "S", 100, 0);
		wire.id = 5;
		wire_ip(&wire, CLIENT, SERVER);
		wire_cooked(&wire);
		now -= 10 * MILLISECOND - 1000;
		feed();
	}
	CU_ASSERT_EQUAL(flow(0)->syn_count, 1);
	CU_ASSERT_EQUAL(flow(0)->packets[0], 2);
	end();
}

static void many_flows(void)
{
	begin();
	for (uint16_t port = 1; port <= 5000; port++)
		udp(CLIENT, port, SERVER, 7777, "x");
	for (uint16_t port = 1; port <= 5000; port++)
		udp(SERVER, 7777, CLIENT, port, "y");
	CU_ASSERT_EQUAL(flow_count(), 5000);
	for (size_t i = 0; i < 5000; i++)
		if (flow(i)->port[0] != i + 1 || flow(i)->event_count != 2)
			CU_FAIL("a flow of its own for every port, in order of opening");
	end();
}

static const struct suite_test tests[] = {
	{"an ordinary exchange is two messages and two fins", ordinary_exchange},
	{"bytes of one direction are one message until the other speaks or ends", message_of_many_segments},
	{"retransmissions bring nothing new", retransmissions},
	{"segments out of order wait for their turn", reordering},
	{"segments that wait may overlap", held_segments_overlap},
	{"sequence numbers wrap", sequence_wraps},
	{"data on the SYN is a message", data_on_the_syn},
	{"data on the handshake's ACK establishes", data_on_the_ack},
	{"data with FIN is a message, then a fin, once", data_with_fin},
	{"keepalive and window probes are nothing", probes_are_nothing},
	{"after a half-close the other side goes on", half_close},
	{"a SYN answered by RST is refused, without an event", refused_by_reset},
	{"a SYN answered by ICMP is refused", refused_by_icmp},
	{"an ICMP error does not split a message", icmp_does_not_split_a_message},
	{"a SYN that comes again is the same connection, with a new number another", unanswered},
	{"two SYNs that cross are one connection", simultaneous_open},
	{"a self-connect is one flow", self_connect},
	{"a reset is one event a direction, and none after both fins", resets},
	{"a port used again is a new flow", port_used_again},
	{"a challenge ACK is not an answer", challenge},
	{"a capture may start in the middle", starts_in_the_middle},
	{"a SYN-ACK seen first tells who opened", starts_with_a_syn_ack},
	{"a SYN-ACK that the capture lost is inferred", lost_syn_ack},
	{"what was acknowledged and not captured is incomplete", proven_loss},
	{"an ACK captured before its data is no loss", ack_before_its_data},
	{"no more than so many segments wait", bounded_holding},
	{"no more than so many bytes wait", bounded_bytes},
	{"a long message is counted whole and kept in part", long_messages},
	{"snapped packets count what the wire had", snapped_packets},
	{"each datagram is an event, empty ones too", datagrams},
	{"an ICMP error goes to the flow of the datagram that it quotes", udp_unreachable},
	{"what belongs to no flow is counted by kind", unclaimed_packets},
	{"fragments become a datagram", fragmented_datagrams},
	{"a snapped fragment cuts the datagram", snapped_fragment},
	{"lost fragments are counted and bounded", lost_fragments},
	{"fragments that contradict each other are no datagram", contradicting_fragments},
	{"a datagram captured at two interfaces is one", captured_twice},
	{"a SYN captured at two interfaces is one", syn_captured_twice},
	{"thousands of flows are told apart", many_flows},
};

SUITE_MAIN("flow", tests)
