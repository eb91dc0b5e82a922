/* hosts.c - see hosts.h. */
#include "hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void hosts_add(struct hosts *hosts, const char *name, const struct address *address)
{
	struct host_address *entry;

	mem_room(hosts->entries, hosts->count, hosts->capacity);
	entry = &hosts->entries[hosts->count++];
	*entry = (struct host_address){.address = *address};
	snprintf(entry->name, sizeof entry->name, "%s", name);
}

static void add_own(struct hosts *hosts, const struct lesson *lesson, size_t host, uint32_t own)
{
	struct address address = address_ipv4(own);

	if (own && !hosts_name(hosts, &address))
		hosts_add(hosts, lesson->hosts[host].name, &address);
}

static void add_steps(struct hosts *hosts, const struct lesson *lesson, const struct lesson_case *lesson_case)
{
	for (size_t i = 0; i < lesson_case->step_count; i++)
		if (lesson_case->steps[i].kind == STEP_ADDRESS)
			add_own(hosts, lesson, lesson_case->steps[i].host, lesson_case->steps[i].address);
}

void hosts_of_lesson(struct hosts *hosts, const struct lesson *lesson)
{
	for (size_t i = 0; i < lesson->link_count; i++)
		for (int side = 0; side < 2; side++)
			add_own(hosts, lesson, lesson->links[i].end[side].host, lesson->links[i].end[side].address);
	for (size_t i = 0; i < lesson->tunnel_count; i++)
		add_own(hosts, lesson, lesson->tunnels[i].end.host, lesson->tunnels[i].end.address);
	for (size_t i = 0; i < lesson->case_count; i++)
		add_steps(hosts, lesson, &lesson->cases[i]);
}

const char *hosts_name(const struct hosts *hosts, const struct address *address)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (address_equal(&hosts->entries[i].address, address))
			return hosts->entries[i].name;
	return NULL;
}

bool hosts_match(const struct hosts *hosts, const char *name, const struct address *address)
{
	char printed[64];

	if (!strcmp(name, "*"))
		return true;
	for (size_t i = 0; i < hosts->count; i++)
		if (!strcmp(hosts->entries[i].name, name) && address_equal(&hosts->entries[i].address, address))
			return true;
	return !strcmp(name, address_print(address, printed, sizeof printed));
}

static bool is_end(const struct lesson *lesson, const char *name)
{
	struct address ignored;

	return !strcmp(name, "*") || lesson_host(lesson, name) >= 0 ||
	       (address_parse(name, &ignored) && ignored.family);
}

int hosts_check_trace(const struct lesson *lesson, const struct trace *trace, struct error *error)
{
	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct entry *entry = &trace->entries[i];
		const char *names[] = {entry->flow.opener.host, entry->flow.target.host};

		for (size_t j = 0; j < 2 && (entry->kind == ENTRY_FLOW || entry->kind == ENTRY_NEVER); j++)
			if (!is_end(lesson, names[j]))
				return error_set(error, trace->file, entry->line, entry->column,
				                 "%s has no host \"%s\": write one of its hosts, an address, or *",
				                 lesson->name, names[j]);
	}
	return 0;
}

void hosts_free(struct hosts *hosts)
{
	free(hosts->entries);
	*hosts = (struct hosts){0};
}
