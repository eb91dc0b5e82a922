/* lab_settings.c - sysctls and offloads: what makes two labs alike on two machines.
 *
 * A new network namespace inherits some of the machine's settings (reno or bbr,
 * buffer sizes, forwarding, rp_filter), so each is written, not assumed. */
#include "lab_parts.h"
#include "walls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ON(kind) (1u << (kind))
#define ON_ALL (ON(HOST_END) | ON(HOST_ROUTER) | ON(HOST_SWITCH))
#define ON_IP (ON(HOST_END) | ON(HOST_ROUTER))

struct setting {
	unsigned where;
	const char *folder, *path, *value; /* folder below /proc/sys, path below that */
};

#define IPV4 "net/ipv4"
#define IPV6 "net/ipv6"

static const struct setting settings[] = {
	/* (This one stands first: the far end of a tunnel gets it too.) No MLD, DAD and router solicitations in an IPv4 lab;
	 * before any link exists. The loopback, which does: take_ipv6_loopback() of lab_links.c. */
	{ON_ALL, IPV6, "conf/default/disable_ipv6", "1"},
	/* Inherited from the machine unless net.core.devconf_inherit_init_net says otherwise:
	 * a host with Docker on it forwards, and so would every host of a lab. */
	{ON(HOST_END), IPV4, "conf/default/forwarding", "0"}, /* of its links, which come later; ip_forward would spin, too */
	{ON(HOST_ROUTER), IPV4, "ip_forward", "1"},
	{ON_IP, IPV4, "conf/all/rp_filter", "0"},
	{ON_IP, IPV4, "conf/default/rp_filter", "0"},
	{ON(HOST_ROUTER), IPV4, "conf/all/send_redirects", "0"},
	{ON(HOST_ROUTER), IPV4, "conf/default/send_redirects", "0"},
	/* Every unreachable is sent: what the mask does not name is under neither limit, that per
	 * destination (icmp_ratelimit) nor that of the whole machine (icmp_msgs_per_sec). */
	{ON_IP, IPV4, "icmp_ratemask", "0"},
	{ON(HOST_END), IPV4, "ip_unprivileged_port_start", "0"},
	{ON(HOST_END), IPV4, "tcp_congestion_control", "reno"},
	/* Since 6.5 the first four SYNs go out a second apart; older kernels double from the first. */
	{ON(HOST_END), IPV4, "tcp_syn_linear_timeouts", "0"},
	/* The kernel's own defaults; machines tuned for speed would take megabytes before a send() blocks. */
	{ON(HOST_END), IPV4, "tcp_rmem", "4096 131072 6291456"},
	{ON(HOST_END), IPV4, "tcp_wmem", "4096 16384 4194304"},
};

/* Written in the namespace that the hosts' are made from. A small socket table of one's own instead of
 * a share in the machine's (since 6.1, UDP 6.2): a dump of it takes 12 us instead of 300, the end of the
 * namespace does not walk the whole either, and limits derived from its size are the same everywhere. */
static const struct setting home_settings[] = {
	{ON_ALL, IPV4, "tcp_child_ehash_entries", "4096"},
	{ON_ALL, IPV4, "udp_child_hash_entries", "256"},
};

/* 0 also when this kernel does not know the setting. */
static int put(int directory, const struct setting *setting)
{
	int file = openat(directory, setting->path, O_WRONLY | O_CLOEXEC);
	ssize_t length = (ssize_t)strlen(setting->value);
	int result;

	if (file < 0)
		return errno == ENOENT ? 0 : -1;
	result = write(file, setting->value, (size_t)length) == length ? 0 : -1;
	if (result) {
		int why = errno;
		(void)close(file); /* the write is what failed */
		errno = why;
		return -1;
	}
	return close(file);
}

static int refuse(const struct setting *setting, const char *whom, int why, struct error *error)
{
	char what[160];

	snprintf(what, sizeof what, "write \"%s\" to /proc/sys/%s/%s for %s", setting->value, setting->folder, setting->path,
	         whom);
	if (why != EINVAL && why != ERANGE) /* a value that this kernel does not take is ours */
		return wall_met(DOOR_SETTING, what, why, error);
	return error_set(error, NULL, 0, 0, "cannot %s: %s", what, strerror(why));
}

static bool concerns(const struct setting *setting, const char *folder, unsigned where)
{
	return setting->where & where && !strcmp(setting->folder, folder);
}

/* One folder's. Opened once: the names below /proc/sys/net are looked up among those of all network namespaces that there
 * are, also of those that are being taken apart (proc_sys_compare() in fs/proc/proc_sysctl.c), which takes 0.1 ms where a
 * class is being graded. */
static int put_folder(const char *folder, const struct setting *table, size_t count, unsigned where, const char *whom,
                      struct error *error)
{
	char path[64];
	int directory, result = 0;

	snprintf(path, sizeof path, "/proc/sys/%s", folder);
	directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0 && errno == ENOENT && strcmp(folder, IPV4))
		return 0; /* a kernel without IPv6 */
	if (directory < 0)
		return wall_met(DOOR_SETTING, "open /proc/sys/net/ipv4", errno, error);
	/* Every kernel has this one: without, /proc/sys is not what it should be, and no setting would be written. */
	if (!strcmp(folder, IPV4) && faccessat(directory, "ip_forward", F_OK, 0))
		result = wall_met(DOOR_SETTING, "find /proc/sys/net/ipv4/ip_forward", errno, error);
	for (size_t i = 0; i < count && !result; i++)
		if (concerns(&table[i], folder, where) && put(directory, &table[i]))
			result = refuse(&table[i], whom, errno, error);
	(void)close(directory); /* opened to look names up in, nothing else */
	return result;
}

static int put_all(const struct setting *table, size_t count, unsigned where, const char *whom, struct error *error)
{
	static const char *const folders[] = {IPV4, IPV6};
	int result = 0;

	for (size_t folder = 0; folder < 2 && !result; folder++) {
		size_t first = 0;

		while (first < count && !concerns(&table[first], folders[folder], where))
			first++;
		if (first < count)
			result = put_folder(folders[folder], table + first, count - first, where, whom, error);
	}
	return result;
}

int lab_settings_write(const struct lab_plan *plan, size_t host, struct error *error)
{
	const struct host *of = &plan->lesson->hosts[host];

	return put_all(settings, sizeof settings / sizeof settings[0], ON(of->kind), of->name, error);
}

int lab_settings_quiet(struct error *error)
{
	return put_all(settings, 1, ON_ALL, "the lab", error);
}

int lab_settings_prepare(struct error *error)
{
	return put_all(home_settings, sizeof home_settings / sizeof home_settings[0], ON_ALL, "the lab", error);
}

/* What there is to set of a transport's quiet flows: UDP's count before and after the first answer. */
static const struct { enum filter_transport transport; const char *path; } memories[] = {
	{FILTER_TCP, "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established"},
	{FILTER_UDP, "/proc/sys/net/netfilter/nf_conntrack_udp_timeout"},
	{FILTER_UDP, "/proc/sys/net/netfilter/nf_conntrack_udp_timeout_stream"},
};

static enum lab_result remember(const struct memory *memory, const char *path, struct error *error)
{
	char value[16];
	int file = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t length = snprintf(value, sizeof value, "%d", memory->seconds);
	bool written = file >= 0 && write(file, value, (size_t)length) == length;

	if (!written)
		wall_say(WALL_NO_MEMORY_OF_FLOWS, NULL, path, error);
	if (file >= 0)
		(void)close(file); /* what was written took effect in write() */
	return written ? LAB_BUILT : LAB_UNSUPPORTED;
}

enum lab_result lab_settings_memory(const struct lab *lab, size_t host, struct error *error)
{
	enum lab_result result = LAB_BUILT;

	for (size_t i = 0; i < lab->lesson->memory_count; i++) {
		const struct memory *memory = &lab->lesson->memories[i];

		if (memory->host != host || !lesson_holds(memory->of_case, lab->which))
			continue;
		for (size_t path = 0; path < sizeof memories / sizeof memories[0] && result == LAB_BUILT; path++)
			if (memories[path].transport == memory->transport)
				result = remember(memory, memories[path].path, error);
	}
	return result;
}

static const struct { uint32_t command; const char *name; } offloads[] = {
	{ETHTOOL_STXCSUM, "tx-checksumming"},
	{ETHTOOL_STSO, "tcp-segmentation-offload"},
	{ETHTOOL_SGSO, "generic-segmentation-offload"},
	{ETHTOOL_SGRO, "generic-receive-offload"},
};

int lab_settings_offloads(const struct lab_plan *plan, const struct lab_port *port, struct error *error)
{
	struct ifreq request = {0};
	struct ethtool_value value = {0};

	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", port->name);
	request.ifr_data = (char *)&value;
	for (size_t i = 0; i < sizeof offloads / sizeof offloads[0]; i++) {
		value = (struct ethtool_value){.cmd = offloads[i].command};
		/* Any socket of the namespace will do: an ioctl that netlink does not know goes to the device. */
		if (ioctl(plan->netlinks[port->end->host].socket, SIOCETHTOOL, &request))
			return error_set(error, NULL, 0, 0, "cannot turn off %s at %s.%s: %s", offloads[i].name,
			                 plan->lesson->hosts[port->end->host].name, port->name,
			                 strerror(errno));
	}
	return 0;
}
