/* lesson.c - lessons as values: look things up in them, free them. See lesson.h. */
#include "lesson.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int lesson_host(const struct lesson *lesson, const char *name)
{
	for (size_t i = 0; i < lesson->host_count; i++)
		if (!strcmp(lesson->hosts[i].name, name))
			return (int)i;
	return -1;
}

bool lesson_has_tunnel(const struct lesson *lesson, size_t host, const char *interface)
{
	for (size_t i = 0; i < lesson->tunnel_count; i++)
		if (lesson->tunnels[i].end.host == host && !strcmp(lesson->tunnels[i].end.interface, interface))
			return true;
	return false;
}

int lesson_program(const struct lesson *lesson, const char *name)
{
	for (size_t i = 0; i < lesson->program_count; i++)
		if (!strcmp(lesson->programs[i].name, name))
			return (int)i;
	return -1;
}

int lesson_case(const struct lesson *lesson, const char *name)
{
	for (size_t i = 0; i < lesson->case_count; i++)
		if (!strcmp(lesson->cases[i].name, name))
			return (int)i;
	return -1;
}

int lesson_tunnel(const struct lesson *lesson, const char *interface)
{
	for (size_t i = 0; i < lesson->tunnel_count; i++)
		if (!strcmp(lesson->tunnels[i].end.interface, interface))
			return (int)i;
	return -1;
}

uint32_t lesson_address(const struct lesson *lesson, size_t host)
{
	for (size_t i = 0; i < lesson->link_count; i++)
		for (int end = 0; end < 2; end++)
			if (lesson->links[i].end[end].host == host && lesson->links[i].end[end].address)
				return lesson->links[i].end[end].address;
	return 0;
}

static int owner_by_step(const struct lesson *lesson, uint32_t address)
{
	for (size_t i = 0; i < lesson->case_count; i++)
		for (size_t j = 0; j < lesson->cases[i].step_count; j++) {
			const struct step *step = &lesson->cases[i].steps[j];

			if (step->kind == STEP_ADDRESS && step->address == address)
				return (int)step->host;
		}
	return -1;
}

int lesson_owner(const struct lesson *lesson, uint32_t address)
{
	if (!address)
		return -1;
	for (size_t i = 0; i < lesson->link_count; i++)
		for (int end = 0; end < 2; end++)
			if (lesson->links[i].end[end].address == address)
				return (int)lesson->links[i].end[end].host;
	for (size_t i = 0; i < lesson->tunnel_count; i++)
		if (lesson->tunnels[i].end.address == address)
			return (int)lesson->tunnels[i].end.host;
	return owner_by_step(lesson, address);
}

static bool is_end(const struct link_end *end, size_t host, const char *interface)
{
	return end->host == host && !strcmp(end->interface, interface);
}

const struct link_end *lesson_interface(const struct lesson *lesson, size_t host, const char *interface,
                                        const struct link_end **peer)
{
	if (peer)
		*peer = NULL;
	for (size_t i = 0; i < lesson->link_count; i++)
		for (int end = 0; end < 2; end++) {
			const struct link *link = &lesson->links[i];

			if (!is_end(&link->end[end], host, interface))
				continue;
			if (peer)
				*peer = &link->end[!end];
			return &link->end[end];
		}
	for (size_t i = 0; i < lesson->tunnel_count; i++)
		if (is_end(&lesson->tunnels[i].end, host, interface))
			return &lesson->tunnels[i].end;
	return NULL;
}

bool lesson_holds(int of_case, size_t which)
{
	return of_case == LESSON_EVERY_CASE || (size_t)of_case == which;
}

uint16_t lesson_number(const struct lab_number *number, const struct params *params)
{
	int port;

	if (number->number || !number->param[0])
		return number->number;
	port = params_port(params, number->param);
	return port > 0 ? (uint16_t)port : 0;
}

int lesson_descriptor(const struct lesson *lesson, size_t which)
{
	int descriptor = 3;

	for (size_t i = 0; i < which; i++)
		descriptor += lesson->tunnels[i].end.host == lesson->tunnels[which].end.host;
	return descriptor;
}

static void add_hosts(const struct lesson *lesson, struct params *params)
{
	for (size_t i = 0; i < lesson->host_count; i++) {
		uint32_t address = lesson_address(lesson, i);
		char dotted[16];

		if (!address)
			continue;
		(void)snprintf(dotted, sizeof dotted, "%u.%u.%u.%u", address >> 24 & 255, address >> 16 & 255,
		               address >> 8 & 255, address & 255); /* at most 15 bytes */
		params_set(params, lesson->hosts[i].name, PARAM_FIXED, dotted);
	}
}

static void add_tunnels(const struct lesson *lesson, struct params *params)
{
	for (size_t i = 0; i < lesson->tunnel_count; i++) {
		char number[16];

		(void)snprintf(number, sizeof number, "%d", lesson_descriptor(lesson, i)); /* at most 11 bytes */
		params_set(params, lesson->tunnels[i].end.interface, PARAM_FIXED, number);
	}
}

void lesson_params(const struct lesson *lesson, const char *seed, struct params *params)
{
	if (seed)
		params_draw(&lesson->params, seed, params);
	else
		params_copy(&lesson->params, params);
	add_hosts(lesson, params);
	add_tunnels(lesson, params);
}

static void free_case(struct lesson_case *lesson_case)
{
	for (size_t i = 0; i < lesson_case->step_count; i++) {
		struct step *step = &lesson_case->steps[i];

		for (size_t j = 0; j < step->argument_count; j++)
			free(step->arguments[j]);
		free(step->arguments);
		free(step->text);
	}
	free(lesson_case->steps);
	free(lesson_case->watches);
}

void lesson_free(struct lesson *lesson)
{
	for (size_t i = 0; i < lesson->case_count; i++)
		free_case(&lesson->cases[i]);
	free(lesson->cases);
	free(lesson->programs);
	free(lesson->tunnels);
	free(lesson->rules);
	free(lesson->rates);
	free(lesson->memories);
	free(lesson->forwards);
	free(lesson->filters);
	free(lesson->nats);
	free(lesson->routes);
	free(lesson->links);
	free(lesson->hosts);
	params_free(&lesson->params);
	free(lesson->file);
	*lesson = (struct lesson){0};
}
