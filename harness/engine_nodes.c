/* engine_nodes.c - a site's nodes, and which of them can run labs. */
#include "engine.h"

#include "../src/handed_in.h"
#include "cleanup.h"
#include "files.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define ANSWER_MOST 4096
#define FRESH_S 86400 /* a node that could run labs is asked again after a day */

struct engine_node *engine_add_node(struct engine_run *run, const char *name)
{
	for (size_t i = 0; i < run->node_count; i++)
		if (!strcmp(run->nodes[i].name, name))
			return &run->nodes[i];
	mem_room(run->nodes, run->node_count, run->node_capacity);
	run->nodes[run->node_count] = (struct engine_node){.name = mem_string(name)};
	return &run->nodes[run->node_count++];
}

char *engine_answer_path(const struct engine_run *run, const struct engine_node *node)
{
	struct text path = {0};

	text_printf(&path, "%s/engine/nodes/", run->out);
	handed_in_file_name(node->name, &path); /* a host may be "user@host" or worse */
	return path.data;
}

static bool is_old(const char *path)
{
	struct stat status;

	return stat(path, &status) || time(NULL) - status.st_mtime > FRESH_S;
}

static void take_answer(struct engine_node *node, char *answer)
{
	answer[strcspn(answer, "\n")] = '\0';
	node->answered = true;
	free(node->why_not);
	node->why_not = NULL;
	if (!strncmp(answer, "no: ", 4)) {
		struct text clean = {0};

		handed_in_clean(answer + 4, strlen(answer + 4), &clean);
		text_add(&clean, "");
		node->why_not = clean.data;
	}
}

void engine_read_answers(struct engine_run *run, bool fresh)
{
	for (size_t i = 0; i < run->node_count; i++) {
		_cleanup_free_ char *path = engine_answer_path(run, &run->nodes[i]);
		_cleanup_text_ struct text text = {0};
		struct error ignored;

		if (!is_file(path) || file_read(path, ANSWER_MOST, &text, &ignored))
			continue;
		if (fresh && (run->settings->engine->asks_always || is_old(path) || strncmp(text_string(&text), "yes", 3) != 0)) {
			(void)unlink(path); /* it is asked again; what stays is overwritten */
			continue;
		}
		text_add(&text, "");
		take_answer(&run->nodes[i], text.data);
	}
}

size_t engine_count_silent(const struct engine_run *run)
{
	size_t count = 0;

	for (size_t i = 0; i < run->node_count; i++)
		count += !run->nodes[i].answered;
	return count;
}
