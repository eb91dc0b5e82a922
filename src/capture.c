/* capture.c - see capture.h. libpcap knows the file formats; packet.c the packets. */
#include "capture.h"
#include "text.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER (256 * 1024) /* fewer, larger reads: libpcap reads packets one by one */
#define SECONDS_MAX (INT64_C(1) << 33) /* pcapng times may be anything; nanoseconds must fit in 64 bits */

struct capture {
	pcap_t *pcap;
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
	const char *name = pcap_datalink_val_to_name(linktype);

	return name ? name : "no name";
}

static void capture_new(struct capture *capture, const char *file)
{
	capture->file = mem_string(file);
	capture->buffer = mem_alloc(BUFFER);
}

struct capture *capture_open(FILE *stream, const char *file, struct error *error)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	struct capture *capture = mem_alloc(sizeof *capture);

	capture_new(capture, file);
	/* pcap_close() leaves stdin open, which must not outlive its buffer. */
	if (stream != stdin)
		(void)setvbuf(stream, capture->buffer, _IOFBF, BUFFER); /* refused: it keeps its own */
	capture->pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!capture->pcap) {
		explain(stream, file, why, error);
		(void)fclose(stream); /* only read from: nothing to lose */
		capture_close(capture);
		return NULL;
	}
	capture->linktype = pcap_datalink(capture->pcap);
	if (packet_has_linktype(capture->linktype))
		return capture;
	error_set(error, file, 0, 0,
	          "has link type %d (%s), which cannot be read; capture on an Ethernet, loopback, raw IP or "
	          "\"any\" interface", capture->linktype, linktype_name(capture->linktype));
	capture_close(capture);
	return NULL;
}

static int64_t nanoseconds(const struct pcap_pkthdr *header)
{
	int64_t seconds = header->ts.tv_sec;

	/* In a capture opened with nanosecond precision, tv_usec holds nanoseconds. */
	if (seconds < 0 || seconds >= SECONDS_MAX)
		return 0;
	return seconds * 1000000000 + (int64_t)(header->ts.tv_usec & 0xffffffff);
}

int capture_next(struct capture *capture, struct packet *packet, struct error *error)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;

	switch (pcap_next_ex(capture->pcap, &header, &bytes)) {
	case 1:
		packet->time_ns = nanoseconds(header);
		packet_decode(capture->linktype, bytes, header->caplen, header->len, packet);
		capture->count++;
		return 1;
	case PCAP_ERROR_BREAK: /* a file's end */
		return 0;
	default:
		return error_set(error, capture->file, 0, 0,
		                 "is cut off or damaged behind packet %zu: %s; what comes before can be used",
		                 capture->count, pcap_geterr(capture->pcap));
	}
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
		pcap_close(capture->pcap); /* and the stream with it */
	free(capture->buffer);
	free(capture->file);
	free(capture);
}
