/* capture.h - reads a capture file, packet by packet. */
#ifndef WINDSOCK_CAPTURE_H
#define WINDSOCK_CAPTURE_H

#include "error.h"
#include "packet.h"

#include <stdio.h>

struct capture;

/* Reads from STREAM, which it then owns (also on failure); FILE is a name for
 * messages. NULL with *error when it is no capture or of an unknown link type. */
struct capture *capture_open(FILE *stream, const char *file, struct error *error);
/* The next packet, decoded, its payload valid until the next call.
 * 1 = a packet, 0 = the end, -1 = *error (a file cut off in the middle of a packet is an error). */
int capture_next(struct capture *capture, struct packet *packet, struct error *error);
size_t capture_count(const struct capture *capture); /* packets so far */
void capture_close(struct capture *capture);

/* A capture that arrives in pieces, as from tcpdump's standard output. */
struct capture_stream;
#define CAPTURE_HEADER 24 /* bytes before the first packet */
struct capture_stream *capture_stream_new(void);
void capture_stream_free(struct capture_stream *stream);
void capture_stream_feed(struct capture_stream *stream, const void *bytes, size_t length);
/* 1 = a packet, 0 = more bytes are needed, -1 = *error: not a classic pcap stream. */
int capture_stream_next(struct capture_stream *stream, struct packet *packet, struct error *error);
/* Bytes that were fed and are no whole packet yet. */
size_t capture_stream_rest(const struct capture_stream *stream);

#endif
