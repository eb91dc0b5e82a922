/* draft_join.c - the items of one flow as several runs had them: what is the same is demanded, what differs loosened.
 * See draft.h. */
#include "draft_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAUSE_LEAST_US 50000 /* less may be the machine's */
#define PAUSE_STEP_MS 10     /* to which a pause is rounded down */
#define SHOWN 60             /* bytes of a run's line in a comment */
#define SHOWN_LINES 5

struct joiner {
	const struct joined *joined;
	const struct said_flow *first; /* of the first run that has the flow */
	bool played;                   /* `after` may be written: who is played waits by it */
	struct text *out;
};

static void add_line(const struct joiner *joiner, int level, const char *line)
{
	text_printf(joiner->out, "%*s", 4 * level, "");
	for (const char *rest = line; *rest; rest++) {
		text_add_bytes(joiner->out, rest, 1);
		if (*rest == '\n' && level > 1)
			text_printf(joiner->out, "%*s", 4 * (level - 1), "");
	}
}

/* ---- pauses ---- */

/* From LEAST to MOST behind the event before, over all runs, for the item whose number is AT of each. False: not known,
 * or too short to mean anything. */
static bool find_pause(const struct joiner *joiner, const size_t *at, int64_t *least, int64_t *most)
{
	*least = INT64_MAX;
	*most = 0;
	for (size_t run = 0; run < joiner->joined->runs; run++) {
		const struct said_flow *flow = joiner->joined->in[run];
		const struct said_item *item = flow ? &flow->items[at[run]] : NULL;

		if (item && !item->timed)
			return false;
		if (item && item->gap_us < *least)
			*least = item->gap_us;
		if (item && item->gap_us > *most)
			*most = item->gap_us;
	}
	return *least >= PAUSE_LEAST_US && *least != INT64_MAX;
}

static void add_pause(const struct joiner *joiner, const size_t *at, const struct said_item *item)
{
	int64_t least, most;

	if (!find_pause(joiner, at, &least, &most))
		return;
	if (joiner->played && item->played)
		text_printf(joiner->out, " after %" PRId64 " ms", least / 1000 / PAUSE_STEP_MS * PAUSE_STEP_MS);
	else
		text_printf(joiner->out, "  # %" PRId64 " to %" PRId64 " ms behind what was before it", least / 1000,
		            most / 1000);
}

/* ---- the same in every run ---- */

static bool is_same_part(const struct said_flow *one, const struct said_flow *other, size_t part)
{
	const struct said_part *a = &one->parts[part], *b = &other->parts[part];

	if (a->period != b->period)
		return false;
	for (size_t i = 0; i < a->period; i++)
		if (strcmp(one->items[a->first + i].line, other->items[b->first + i].line) != 0)
			return false;
	return true;
}

/* But for how often something is repeated. */
static bool is_same(const struct said_flow *one, const struct said_flow *other)
{
	if (one->part_count != other->part_count)
		return false;
	for (size_t part = 0; part < one->part_count; part++)
		if (!is_same_part(one, other, part))
			return false;
	return true;
}

static void add_part(const struct joiner *joiner, size_t part, int level)
{
	const struct said_part *first = &joiner->first->parts[part];
	size_t least = first->count, most = first->count, at[DRAFT_RUNS] = {0};

	for (size_t run = 0; run < joiner->joined->runs; run++) {
		const struct said_flow *flow = joiner->joined->in[run];

		if (!flow)
			continue;
		at[run] = flow->parts[part].first;
		least = flow->parts[part].count < least ? flow->parts[part].count : least;
		most = flow->parts[part].count > most ? flow->parts[part].count : most;
	}
	if (most > 1)
		text_printf(joiner->out, "%*srepeat %zu%s  # %zu to %zu times\n", 4 * level, "", least, least == most ? "" : "..",
		            least, most);
	for (size_t i = 0; i < first->period; i++) {
		add_line(joiner, level + (most > 1), joiner->first->items[first->first + i].line);
		if (most == 1)
			add_pause(joiner, at, &joiner->first->items[first->first]);
		text_add(joiner->out, "\n");
	}
}

/* ---- the same in another order ---- */

static int by_string(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines from FIRST to the one before END, sorted. Owned by the caller. */
static char **sorted(const struct said_flow *flow, size_t first, size_t end)
{
	char **lines = mem_alloc((end - first + 1) * sizeof *lines);

	for (size_t i = first; i < end; i++)
		lines[i - first] = flow->items[i].line;
	if (end > first)
		qsort(lines, end - first, sizeof *lines, by_string);
	return lines;
}

static bool is_reordered(const struct said_flow *one, const struct said_flow *other, size_t first, size_t end)
{
	char **a = sorted(one, first, end), **b = sorted(other, first, end);
	bool same = true;

	for (size_t i = 0; i < end - first && same; i++)
		same = !strcmp(a[i], b[i]);
	free(a);
	free(b);
	return same;
}

/* Whether all runs have as many items, and the lines outside FIRST to END alike: these two are narrowed to what
 * differs. */
static bool find_difference(const struct joiner *joiner, size_t *first, size_t *end)
{
	*first = SIZE_MAX;
	*end = 0;
	for (size_t run = 0; run < joiner->joined->runs; run++) {
		const struct said_flow *flow = joiner->joined->in[run];

		if (!flow)
			continue;
		if (flow->item_count != joiner->first->item_count)
			return false;
		for (size_t i = 0; i < flow->item_count; i++)
			if (strcmp(flow->items[i].line, joiner->first->items[i].line) != 0) {
				*first = i < *first ? i : *first;
				*end = i + 1 > *end ? i + 1 : *end;
			}
	}
	return *first < *end;
}

static bool is_any_order(const struct joiner *joiner, size_t first, size_t end)
{
	if (end - first > TRACE_ANY_ORDER_MAX)
		return false;
	for (size_t run = 0; run < joiner->joined->runs; run++)
		if (joiner->joined->in[run] && !is_reordered(joiner->first, joiner->joined->in[run], first, end))
			return false;
	return true;
}

static void add_any_order(const struct joiner *joiner, size_t first, size_t end, int level)
{
	for (size_t i = 0; i < joiner->first->item_count; i++) {
		bool within = i >= first && i < end;

		if (i == first)
			text_printf(joiner->out, "%*sin any order  # it differed from run to run\n", 4 * level, "");
		add_line(joiner, level + within, joiner->first->items[i].line);
		text_add(joiner->out, "\n");
	}
}

/* ---- the same but for words ---- */

/* Whether item I is a message of the same direction in every run. */
static bool is_message(const struct joiner *joiner, size_t i)
{
	for (size_t run = 0; run < joiner->joined->runs; run++) {
		const struct said_flow *flow = joiner->joined->in[run];

		if (flow && (!flow->items[i].message || strncmp(flow->items[i].line, joiner->first->items[i].line, 2) != 0))
			return false;
	}
	return true;
}

/* Where LINE may be cut so that neither a {name} nor an escape is broken, at most at LENGTH; 0: nowhere behind
 * its `-> "`. */
static size_t cut_at(const char *line, size_t length)
{
	size_t safe = strlen("-> \"");

	if (strncmp(line + 3, "\"", 1) != 0)
		return 0;
	for (size_t at = safe; at < length && line[at] && line[at] != '"';) {
		if (line[at] == '{')
			at += strcspn(line + at, "}") + 1;
		else if (line[at] == '\\')
			at += line[at + 1] == 'x' ? 4 : 2;
		else
			at++;
		if (at <= length)
			safe = at;
	}
	return safe > strlen("-> \"") ? safe : 0;
}

static void add_varied(const struct joiner *joiner, size_t i, int level)
{
	const char *line = joiner->first->items[i].line, *other = line;
	size_t common = strlen(line);

	for (size_t run = 0; run < joiner->joined->runs; run++) {
		const struct said_flow *flow = joiner->joined->in[run];
		size_t same = 0;

		while (flow && same < common && flow->items[i].line[same] == line[same])
			same++;
		if (flow && same < common) {
			common = same;
			other = flow->items[i].line;
		}
	}
	common = cut_at(line, common);
	text_printf(joiner->out, "%*s", 4 * level, "");
	if (common)
		text_printf(joiner->out, "%.*s\" ...", (int)common, line);
	else
		text_printf(joiner->out, "%.2s any", line);
	text_printf(joiner->out, "  # it differed: %.*s, %.*s\n", SHOWN, line + 3, SHOWN, other + 3);
}

static bool can_vary(const struct joiner *joiner, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		if (!is_message(joiner, i))
			return false;
	return true;
}

static bool is_same_item(const struct joiner *joiner, size_t i)
{
	for (size_t run = 0; run < joiner->joined->runs; run++)
		if (joiner->joined->in[run] && strcmp(joiner->joined->in[run]->items[i].line, joiner->first->items[i].line) != 0)
			return false;
	return true;
}

static void add_all_varied(const struct joiner *joiner, int level)
{
	for (size_t i = 0; i < joiner->first->item_count; i++) {
		size_t at[DRAFT_RUNS];

		for (size_t run = 0; run < DRAFT_RUNS; run++)
			at[run] = i;
		if (!is_same_item(joiner, i)) {
			add_varied(joiner, i, level);
			continue;
		}
		add_line(joiner, level, joiner->first->items[i].line);
		add_pause(joiner, at, &joiner->first->items[i]);
		text_add(joiner->out, "\n");
	}
}

/* ---- all else ---- */

/* How many items all runs have alike from the beginning. */
static size_t count_common(const struct joiner *joiner)
{
	size_t common = joiner->first->item_count;

	for (size_t run = 0; run < joiner->joined->runs; run++) {
		const struct said_flow *flow = joiner->joined->in[run];
		size_t same = 0;

		while (flow && same < common && same < flow->item_count &&
		       !strcmp(flow->items[same].line, joiner->first->items[same].line))
			same++;
		common = flow ? same : common;
	}
	return common;
}

/* Whether all that is behind the first FROM items are messages, and ends, which are free where none is listed. */
static bool is_talk(const struct joiner *joiner, size_t from)
{
	for (size_t run = 0; run < joiner->joined->runs; run++) {
		const struct said_flow *flow = joiner->joined->in[run];

		for (size_t i = from; flow && i < flow->item_count; i++)
			if (!flow->items[i].message && strcmp(flow->items[i].line + 3, "fin") != 0)
				return false;
	}
	return true;
}

/* What one run had from item FROM on, as comments; not all of it. */
static void add_remark(const struct joiner *joiner, const struct said_flow *flow, size_t from, int level)
{
	text_printf(joiner->out, "%*s# one run had here%s\n", 4 * level, "", from < flow->item_count ? ":" : " nothing more");
	for (size_t i = from; i < flow->item_count && i < from + SHOWN_LINES; i++)
		text_printf(joiner->out, "%*s#     %.*s\n", 4 * level, "", SHOWN, flow->items[i].line);
	if (flow->item_count > from + SHOWN_LINES)
		text_printf(joiner->out, "%*s#     and %zu lines more\n", 4 * level, "", flow->item_count - from - SHOWN_LINES);
}

/* Two runs that differ there, as comments. */
static void add_remarks(const struct joiner *joiner, size_t from, int level)
{
	const struct said_flow *other = NULL;

	for (size_t run = 0; run < joiner->joined->runs && !other; run++)
		if (joiner->joined->in[run] && !is_same(joiner->first, joiner->joined->in[run]))
			other = joiner->joined->in[run];
	add_remark(joiner, joiner->first, from, level);
	if (other)
		add_remark(joiner, other, from, level);
}

/* What all runs begin with, and behind it anything; where that cannot be said, what the first run had. */
static void add_loose(const struct joiner *joiner, int level)
{
	size_t common = count_common(joiner);
	bool talk = is_talk(joiner, common);

	for (size_t i = 0; i < (talk ? common : joiner->first->item_count); i++) {
		if (i == common)
			add_remarks(joiner, common, level);
		add_line(joiner, level, joiner->first->items[i].line);
		text_add(joiner->out, "\n");
	}
	if (!talk)
		return;
	add_remarks(joiner, common, level);
	text_printf(joiner->out, "%*srepeat 0..  # the runs differed: say what must be\n", 4 * level, "");
	for (int against = 0; against < 2; against++)
		text_printf(joiner->out, "%*smaybe\n%*s%s any\n", 4 * (level + 1), "", 4 * (level + 2), "", against ? "<-" : "->");
}

static bool is_same_in_all(const struct joiner *joiner)
{
	for (size_t run = 0; run < joiner->joined->runs; run++)
		if (joiner->joined->in[run] && !is_same(joiner->first, joiner->joined->in[run]))
			return false;
	return true;
}

void draft_join_items(const struct joined *joined, bool judged_first, int level, struct text *out)
{
	struct joiner joiner = {.joined = joined, .played = judged_first, .out = out};
	size_t first, end;

	for (size_t run = 0; run < joined->runs && !joiner.first; run++)
		joiner.first = joined->in[run];
	if (is_same_in_all(&joiner)) {
		for (size_t part = 0; part < joiner.first->part_count; part++)
			add_part(&joiner, part, level);
	} else if (find_difference(&joiner, &first, &end) && is_any_order(&joiner, first, end)) {
		add_any_order(&joiner, first, end, level);
	} else if (find_difference(&joiner, &first, &end) && can_vary(&joiner, first, end)) {
		add_all_varied(&joiner, level);
	} else {
		add_loose(&joiner, level);
	}
}
