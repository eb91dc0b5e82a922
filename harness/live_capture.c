/* live_capture.c - see live_capture.h.
 *
 * The ring is tcpdump's of tcpdump.c: 4 MiB in slots for 1600 bytes, each packet shown at once
 * (immediate mode). Setting it up waits for RCU, 8 ms and more: other work goes on beside it. */
#include "live_capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define SNAPSHOT 1600          /* bytes kept of a packet; a link's MTU is 1500 */
#define RING (4 * 1024 * 1024) /* bytes */

static _Noreturn void give_up(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	_exit(1);
}

static pcap_t *open_interface(const char *interface)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_create(interface, why);

	if (!pcap)
		give_up(interface, why);
	/* These fail on a handle that is active already: this one is not. */
	(void)pcap_set_snaplen(pcap, SNAPSHOT);
	(void)pcap_set_promisc(pcap, 0);
	(void)pcap_set_immediate_mode(pcap, 1);
	(void)pcap_set_buffer_size(pcap, RING);
	if (pcap_activate(pcap) < 0)
		give_up(interface, pcap_geterr(pcap));
	if (pcap_setnonblock(pcap, 1, why))
		give_up(interface, why);
	return pcap;
}

static int listen_for_questions(void)
{
	sigset_t question;
	int fd;

	sigemptyset(&question); /* cannot fail with a signal that there is */
	sigaddset(&question, SIGUSR1);
	fd = sigprocmask(SIG_BLOCK, &question, NULL) ? -1 : signalfd(-1, &question, SFD_NONBLOCK);
	if (fd < 0)
		give_up("signalfd", strerror(errno));
	return fd;
}

static void take_packets(pcap_t *pcap, pcap_dumper_t *dumper)
{
	if (pcap_dispatch(pcap, -1, pcap_dump, (u_char *)dumper) < 0)
		give_up("capture", pcap_geterr(pcap));
	if (pcap_dump_flush(dumper))
		give_up("capture", strerror(errno));
}

static void answer_question(pcap_t *pcap, int questions)
{
	struct signalfd_siginfo asked;
	struct pcap_stat counts;

	if (read(questions, &asked, sizeof asked) != (ssize_t)sizeof asked)
		return;
	if (pcap_stats(pcap, &counts))
		give_up("capture", pcap_geterr(pcap));
	fprintf(stderr, "%u packets received by filter, %u packets dropped by kernel\n", counts.ps_recv, counts.ps_drop);
}

_Noreturn void live_capture_become(const char *interface)
{
	struct pollfd pollers[2] = {{.events = POLLIN}, {.events = POLLIN}};
	pcap_t *pcap = open_interface(interface);
	pcap_dumper_t *dumper = pcap_dump_fopen(pcap, stdout);

	if (!dumper || pcap_dump_flush(dumper))
		give_up("capture", dumper ? strerror(errno) : pcap_geterr(pcap));
	pollers[0].fd = pcap_get_selectable_fd(pcap);
	pollers[1].fd = listen_for_questions();
	fprintf(stderr, "listening on %s\n", interface);
	for (;;) {
		if (poll(pollers, 2, -1) < 0 && errno != EINTR)
			give_up("poll", strerror(errno));
		take_packets(pcap, dumper);
		answer_question(pcap, pollers[1].fd);
	}
}
