/* directions.c - see directions.h. */
#include "directions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A line: a flow, or several of the same kind, one behind the other. */
struct line {
	const struct flow *flow; /* the first of them */
	size_t count;
	bool same_port;          /* all of them opened from one port */
	uint64_t bytes[2];
};

enum field { FIELD_FLOW, FIELD_OPENED, FIELD_FIRST, FIELD_SAID, FIELD_CLOSED, FIELD_COUNT };

static const char *const headings[] = {"flow", "opened by", "first word", "bytes", "closed by"};

static bool is_same_kind(const struct flow *a, const struct flow *b)
{
	return a->transport == b->transport && address_equal(&a->address[0], &b->address[0]) &&
	       address_equal(&a->address[1], &b->address[1]) && a->port[1] == b->port[1] && a->refused == b->refused &&
	       a->syn_answered == b->syn_answered && a->spoken == b->spoken && a->first_word == b->first_word &&
	       a->ended == b->ended && a->ended_by == b->ended_by && a->ended_how == b->ended_how;
}

static size_t list_lines(const struct view *view, struct line *lines)
{
	size_t count = 0;

	for (size_t i = 0; i < view->flow_count; i++) {
		const struct flow *flow = view->flows[i];
		struct line *line = count ? &lines[count - 1] : NULL;

		if (!line || !is_same_kind(line->flow, flow)) {
			line = &lines[count++];
			*line = (struct line){.flow = flow, .same_port = true};
		}
		line->count++;
		line->same_port = line->same_port && flow->port[0] == line->flow->port[0];
		line->bytes[0] += flow->bytes[0];
		line->bytes[1] += flow->bytes[1];
	}
	return count;
}

static const char *host(const struct scene *scene, const struct flow *flow, int side)
{
	return scene_name(scene, &flow->address[side]);
}

static bool has_opener(const struct flow *flow)
{
	return flow->transport == TRANSPORT_UDP || flow->saw_syn || flow->syn_answered;
}

static bool is_open(const struct flow *flow)
{
	return flow->transport == TRANSPORT_UDP || (!flow->refused && (flow->syn_answered || !flow->saw_syn));
}

static void say_flow(const struct scene *scene, const struct line *line, struct text *out)
{
	const struct flow *flow = line->flow;

	if (line->count > 1)
		text_printf(out, "%zu times ", line->count);
	text_printf(out, "%s %s:", flow->transport == TRANSPORT_TCP ? "tcp" : "udp", host(scene, flow, 0));
	if (line->same_port)
		text_printf(out, "%u", flow->port[0]);
	else
		text_add(out, "*");
	text_printf(out, " => %s:%u", host(scene, flow, 1), flow->port[1]);
}

static void say_opened(const struct scene *scene, const struct line *line, struct text *out)
{
	const struct flow *flow = line->flow;

	text_add(out, has_opener(flow) ? host(scene, flow, 0) : "not seen");
	if (!is_open(flow))
		text_add(out, flow->refused ? ", refused" : ", no answer");
}

static void say_first(const struct scene *scene, const struct line *line, struct text *out)
{
	text_add(out, line->flow->spoken ? host(scene, line->flow, line->flow->first_word == DIRECTION_AGAINST) : "nobody");
}

static void say_bytes(const struct line *line, struct text *out)
{
	text_printf(out, "%" PRIu64 " -> <- %" PRIu64, line->bytes[0], line->bytes[1]);
}

static void say_closed(const struct scene *scene, const struct line *line, struct text *out)
{
	const struct flow *flow = line->flow;

	if (flow->transport == TRANSPORT_UDP || !is_open(flow))
		text_add(out, "-"); /* there is nothing to close */
	else if (!flow->ended)
		text_add(out, "nobody");
	else
		text_printf(out, "%s%s", host(scene, flow, flow->ended_by == DIRECTION_AGAINST),
		            flow->ended_how == EVENT_RESET ? " (reset)" : "");
}

static void say_field(const struct scene *scene, const struct line *line, enum field field, struct text *out)
{
	switch (field) {
	case FIELD_FLOW: say_flow(scene, line, out); break;
	case FIELD_OPENED: say_opened(scene, line, out); break;
	case FIELD_FIRST: say_first(scene, line, out); break;
	case FIELD_SAID: say_bytes(line, out); break;
	case FIELD_CLOSED: say_closed(scene, line, out); break;
	case FIELD_COUNT: break;
	}
}

/* ---- as a table ---- */

static void measure(const struct scene *scene, const struct line *lines, size_t count, int widths[FIELD_COUNT])
{
	for (int field = 0; field < FIELD_COUNT; field++) {
		widths[field] = (int)strlen(headings[field]);
		for (size_t i = 0; i < count; i++) {
			struct text text = {0};

			say_field(scene, &lines[i], (enum field)field, &text);
			if ((int)text.length > widths[field])
				widths[field] = (int)text.length;
			text_free(&text);
		}
	}
}

/* Where the whole does not fit, the flow's own name stands on a line before the rest. */
static bool is_too_wide(const int widths[FIELD_COUNT], int indent, int width)
{
	int sum = indent;

	for (int field = 0; field < FIELD_COUNT; field++)
		sum += widths[field] + (field ? 2 : 0);
	return sum > width;
}

static void end_line(struct text *out)
{
	while (out->length && out->data[out->length - 1] == ' ')
		out->data[--out->length] = '\0';
	text_add(out, "\n");
}

/* LINE NULL: the headings. */
static void add_line(const struct scene *scene, const struct line *line, const int widths[FIELD_COUNT], int indent,
                     bool apart, struct text *out)
{
	text_printf(out, "%*s", indent, "");
	for (int field = 0; field < FIELD_COUNT; field++) {
		struct text text = {0};

		if (line)
			say_field(scene, line, (enum field)field, &text);
		else
			text_add(&text, headings[field]);
		if (field == FIELD_FLOW && apart)
			text_printf(out, "%s\n%*s", text_string(&text), indent + 2, "");
		else
			text_printf(out, "%-*s  ", widths[field], text_string(&text));
		text_free(&text);
	}
	end_line(out);
}

size_t directions_table(const struct scene *scene, size_t view, int indent, int width, size_t most, struct text *out)
{
	const struct view *seen = &scene->views[view];
	struct line *lines = mem_alloc((seen->flow_count + 1) * sizeof *lines);
	size_t count = list_lines(seen, lines);
	int widths[FIELD_COUNT];

	if (count && count <= most) {
		bool apart;

		measure(scene, lines, count, widths);
		apart = is_too_wide(widths, indent, width);
		add_line(scene, NULL, widths, indent, apart, out);
		for (size_t i = 0; i < count; i++)
			add_line(scene, &lines[i], widths, indent, apart, out);
	}
	free(lines);
	return count;
}
