/* capture.c - see capture.h. packet.c knows the packets.
 *
 * A classic pcap file is read by capture_stream.c. All else that is a capture (pcapng, a pipe, what some old programs
 * wrote) is libpcap's, which knows every format that there is (libpcap.h). */
#include "capture.h"
#include "libpcap.h"
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER (256 * 1024) /* fewer, larger reads: libpcap reads packets one by one */
#define SECONDS_MAX (INT64_C(1) << 33) /* pcapng times may be anything; nanoseconds must fit in 64 bits */

struct capture {
	/* Either of the two. */
	struct capture_stream *classic;
	pcap_t *pcap;
	FILE *stream;  /* of classic; owned */
	off_t taken;   /* bytes of it */
	const struct libpcap *libpcap;
	char *file;    /* owned */
	char *buffer;  /* of the stream; owned */
	int linktype;
	size_t count;
};

/* Files that people take for captures. */
static const struct {
	const char *magic;
	size_t length;
	const char *remedy;
} mistakes[] = {
	{"\x1f\x8b", 2, "it is compressed with gzip: unpack it with gunzip first"},
	{"\x28\xb5\x2f\xfd", 4, "it is compressed with zstd: unpack it with unzstd first"},
	{"\xfd" "7zXZ", 5, "it is compressed with xz: unpack it with unxz first"},
	{"BZh", 3, "it is compressed with bzip2: unpack it with bunzip2 first"},
	{"PK\x03\x04", 4, "it is a zip archive: unpack it first"},
};

static const char *remedy_for(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++)
		if (length >= mistakes[i].length && !memcmp(bytes, mistakes[i].magic, mistakes[i].length))
			return mistakes[i].remedy;
	return "write one with tcpdump -w FILE";
}

/* Says why libpcap did not take STREAM, from its first bytes if it can go back to them. */
static void explain(FILE *stream, const char *file, const char *why, struct error *error)
{
	uint8_t bytes[8];
	struct text shown = {0};
	size_t length;

	if (fseek(stream, 0, SEEK_SET)) {
		error_set(error, file, 0, 0, "is not a capture (%s); write one with tcpdump -w FILE", why);
		return;
	}
	length = fread(bytes, 1, sizeof bytes, stream);
	for (size_t i = 0; i < length; i++)
		text_printf(&shown, " %02x", bytes[i]);
	if (length == 0)
		error_set(error, file, 0, 0, "is not a capture: it is empty; write one with tcpdump -w FILE");
	else
		error_set(error, file, 0, 0, "is not a capture: its first bytes are%s (%s); %s",
		          text_string(&shown), why, remedy_for(bytes, length));
	text_free(&shown);
}

static const char *linktype_name(int linktype)
{
	const struct libpcap *libpcap = libpcap_load();
	const char *name = libpcap ? libpcap->datalink_name(linktype) : NULL;

	return name ? name : "no name";
}

static void capture_new(struct capture *capture, const char *file)
{
	capture->file = mem_string(file);
	capture->buffer = mem_alloc(BUFFER);
}

/* A file from its beginning, of whose packets we know how to read the link type. Nothing of it is taken. */
static bool is_classic(FILE *stream)
{
	struct capture_stream *classic;
	uint8_t header[CAPTURE_HEADER];
	struct packet packet;
	struct stat status;
	struct error ignored;
	bool fits;

	if (fileno(stream) < 0 || fstat(fileno(stream), &status) || !S_ISREG(status.st_mode) || ftell(stream) ||
	    pread(fileno(stream), header, sizeof header, 0) != (ssize_t)sizeof header)
		return false;
	classic = capture_stream_new();
	capture_stream_feed(classic, header, sizeof header);
	fits = !capture_stream_next(classic, &packet, &ignored);
	capture_stream_free(classic);
	return fits;
}

static struct capture *open_classic(struct capture *capture, FILE *stream)
{
	capture->stream = stream;
	capture->classic = capture_stream_new();
	return capture;
}

static struct capture *refuse(struct capture *capture, FILE *stream, const char *file, const char *why,
                              struct error *error)
{
	explain(stream, file, why, error);
	(void)fclose(stream); /* only read from: nothing to lose */
	capture_close(capture);
	return NULL;
}

static struct capture *open_other(struct capture *capture, FILE *stream, const char *file, struct error *error)
{
	char why[PCAP_ERRBUF_SIZE] = "";

	capture->libpcap = libpcap_load();
	if (!capture->libpcap)
		return refuse(capture, stream, file, "not a classic one; libpcap, which reads the others, is not installed", error);
	/* pcap_close() leaves stdin open, which must not outlive its buffer. */
	if (stream != stdin)
		(void)setvbuf(stream, capture->buffer, _IOFBF, BUFFER); /* refused: it keeps its own */
	capture->pcap = capture->libpcap->fopen_offline(stream, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!capture->pcap)
		return refuse(capture, stream, file, why, error);
	capture->linktype = capture->libpcap->datalink(capture->pcap);
	if (packet_has_linktype(capture->linktype))
		return capture;
	error_set(error, file, 0, 0,
	          "has link type %d (%s), which cannot be read; capture on an Ethernet, loopback, raw IP or "
	          "\"any\" interface", capture->linktype, linktype_name(capture->linktype));
	capture_close(capture);
	return NULL;
}

struct capture *capture_open(FILE *stream, const char *file, struct error *error)
{
	struct capture *capture = mem_alloc(sizeof *capture);

	capture_new(capture, file);
	return is_classic(stream) ? open_classic(capture, stream) : open_other(capture, stream, file, error);
}

static int64_t nanoseconds(const struct pcap_pkthdr *header)
{
	int64_t seconds = header->ts.tv_sec;

	/* In a capture opened with nanosecond precision, tv_usec holds nanoseconds. */
	if (seconds < 0 || seconds >= SECONDS_MAX)
		return 0;
	return seconds * 1000000000 + (int64_t)(header->ts.tv_usec & 0xffffffff);
}

static int break_off(const struct capture *capture, const char *why, struct error *error)
{
	return error_set(error, capture->file, 0, 0, "is cut off or damaged behind packet %zu: %s; what comes before can be used",
	                 capture->count, why);
}

/* Past the stream's own buffer: capture->buffer is as large. */
static ssize_t read_more(struct capture *capture)
{
	ssize_t got;

	do
		got = pread(fileno(capture->stream), capture->buffer, BUFFER, capture->taken);
	while (got < 0 && errno == EINTR);
	if (got > 0) {
		capture_stream_feed(capture->classic, capture->buffer, (size_t)got);
		capture->taken += got;
	}
	return got;
}

static int next_classic(struct capture *capture, struct packet *packet, struct error *error)
{
	struct error ignored;
	int got;

	while (!(got = capture_stream_next(capture->classic, packet, &ignored))) {
		ssize_t more = read_more(capture);

		if (more < 0)
			return break_off(capture, strerror(errno), error);
		if (!more && capture_stream_rest(capture->classic))
			return break_off(capture, "the file ends within a packet", error);
		if (!more)
			return 0;
	}
	if (got < 0)
		return break_off(capture, "the next one claims more bytes than any packet has", error);
	capture->count++;
	return 1;
}

static int next_other(struct capture *capture, struct packet *packet, struct error *error)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;

	switch (capture->libpcap->next(capture->pcap, &header, &bytes)) {
	case 1:
		packet->time_ns = nanoseconds(header);
		packet_decode(capture->linktype, bytes, header->caplen, header->len, packet);
		capture->count++;
		return 1;
	case PCAP_ERROR_BREAK: /* a file's end */
		return 0;
	default:
		return break_off(capture, capture->libpcap->geterr(capture->pcap), error);
	}
}

int capture_next(struct capture *capture, struct packet *packet, struct error *error)
{
	return capture->classic ? next_classic(capture, packet, error) : next_other(capture, packet, error);
}

size_t capture_count(const struct capture *capture)
{
	return capture->count;
}

void capture_close(struct capture *capture)
{
	if (!capture)
		return;
	if (capture->pcap)
		capture->libpcap->close(capture->pcap); /* and the stream with it */
	if (capture->stream)
		(void)fclose(capture->stream); /* only read from: nothing to lose */
	capture_stream_free(capture->classic);
	free(capture->buffer);
	free(capture->file);
	free(capture);
}
