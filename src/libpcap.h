/* libpcap.h - libpcap, loaded when a capture file needs it.
 *
 * With the libraries that it brings along (D-Bus, systemd, compressors) it takes half of the time in which a program
 * starts, and more with every fork. Classic pcap files, which are nearly all, are read without it. */
#ifndef WINDSOCK_LIBPCAP_H
#define WINDSOCK_LIBPCAP_H

#include <pcap/pcap.h>

struct libpcap {
	__typeof__(pcap_fopen_offline_with_tstamp_precision) *fopen_offline;
	__typeof__(pcap_next_ex) *next;
	__typeof__(pcap_datalink) *datalink;
	__typeof__(pcap_datalink_val_to_name) *datalink_name;
	__typeof__(pcap_geterr) *geterr;
	__typeof__(pcap_close) *close;
};

/* NULL where it is not installed. */
const struct libpcap *libpcap_load(void);

#endif
