/* picture_join.c - one packet that several vantage points saw is one arrow. Where a NAT
 * stands between them, the arrow passes it and shows both ports. */
#include "picture_parts.h"

#include <stdio.h>
#include <string.h>

#define LOOK_AHEAD 64 /* rows; and in time: */
#define JOIN_NS (1000 * INT64_C(1000000))
#define CLOCK_NS (5 * INT64_C(1000000)) /* a capture's stamps are not in order to the nanosecond */

static bool is_nat(const struct lesson *lesson, const char *name)
{
	for (size_t i = 0; i < lesson->nat_count; i++)
		if (!strcmp(lesson->hosts[lesson->nats[i].host].name, name))
			return true;
	for (size_t i = 0; i < lesson->forward_count; i++)
		if (!strcmp(lesson->hosts[lesson->forwards[i].host].name, name))
			return true;
	return false;
}

/* A port of 0 is one that nobody knows yet. */
static bool same_port(uint16_t a, uint16_t b)
{
	return a == b || !a || !b;
}

/* Whether INNER's end may be OUTER's, seen from the other side of a NAT. */
static bool may_be(const struct lesson *lesson, const char *inner, uint16_t inner_port, const char *outer,
                   uint16_t outer_port)
{
	if (!strcmp(inner, outer))
		return same_port(inner_port, outer_port);
	return is_nat(lesson, outer);
}

/* Whether A is what the sender's side saw of the packet, B what the receiver's side saw of it. */
static bool is_twin(const struct lesson *lesson, const struct picture_row *a, const struct picture_row *b)
{
	return may_be(lesson, a->from_name, a->from_port, b->from_name, b->from_port) &&
	       may_be(lesson, b->to_name, b->to_port, a->to_name, a->to_port);
}

static bool may_join(const struct picture_row *a, const struct picture_row *b)
{
	return !(a->views & b->views) && picture_is_missing(a) == picture_is_missing(b) && a->lost == b->lost &&
	       !strcmp(a->label, b->label);
}

static void add_via(struct picture_row *row, const char *name, uint16_t port, bool inside_first)
{
	for (size_t i = 0; i < row->via_count; i++)
		if (!strcmp(row->via[i].name, name))
			return;
	if (row->via_count == sizeof row->via / sizeof row->via[0])
		return;
	row->via[row->via_count] = (struct picture_via){.port = port, .inside_first = inside_first};
	snprintf(row->via[row->via_count++].name, PICTURE_NAME, "%s", name);
}

/* A and B as one row, in KEPT: the earlier one's place. */
static void join(const struct picture_row *a, const struct picture_row *b, struct picture_row *kept)
{
	struct picture_row row = *kept;
	const struct picture_row *worse = a->mark >= b->mark ? a : b;

	memcpy(row.from_name, a->from_name, sizeof row.from_name);
	memcpy(row.to_name, b->to_name, sizeof row.to_name);
	row.from_port = a->from_port;
	row.to_port = b->to_port;
	row.from_address = a->from_address;
	row.to_address = b->to_address;
	row.mark = worse->mark;
	memcpy(row.remark, worse->remark, sizeof row.remark);
	row.views = a->views | b->views;
	row.flow[0] = a->flow[0];
	row.event[0] = a->event[0];
	row.flow[1] = b->flow[0];
	row.event[1] = b->event[0];
	/* What never came passed no NAT. */
	if (!picture_is_missing(a) && strcmp(a->from_name, b->from_name) != 0)
		add_via(&row, b->from_name, b->from_port, true);
	if (!picture_is_missing(a) && strcmp(a->to_name, b->to_name) != 0)
		add_via(&row, a->to_name, a->to_port, false);
	*kept = row;
}

static bool is_in_time(const struct picture_row *earlier, const struct picture_row *later)
{
	return later->time_ns - earlier->time_ns <= JOIN_NS;
}

static bool is_repetition(const struct picture_row *a, const struct picture_row *b)
{
	return a->views == b->views && a->lost == b->lost && picture_is_missing(a) == picture_is_missing(b) &&
	       a->from_port == b->from_port && a->to_port == b->to_port && !strcmp(a->from_name, b->from_name) &&
	       !strcmp(a->to_name, b->to_name) && !strcmp(a->label, b->label);
}

/* Whether ROW died on its way: the same was sent again before TWIN came, and more were sent than came. Then TWIN is
 * that of a later one. Where nothing is lost, the first that is sent is the first that comes, however late. */
static bool is_overtaken(const struct picture *picture, size_t row, size_t twin)
{
	size_t sent = 1, came = 1;
	bool again = false;

	for (size_t i = row + 1; i < picture->row_count && i <= row + LOOK_AHEAD; i++) {
		bool repeats = is_repetition(&picture->rows[row], &picture->rows[i]);

		again |= repeats && i < twin;
		sent += repeats;
		came += i > twin && is_repetition(&picture->rows[twin], &picture->rows[i]);
	}
	return again && sent > came;
}

/* Looks for the row's twin behind it, joins them. Returns its index, 0 = none. */
static size_t join_row(const struct lesson *lesson, struct picture *picture, size_t index)
{
	struct picture_row *row = &picture->rows[index];

	for (size_t i = index + 1; i < picture->row_count && i <= index + LOOK_AHEAD; i++) {
		struct picture_row *other = &picture->rows[i];

		if (!is_in_time(row, other))
			return 0;
		if (!may_join(row, other))
			continue;
		if (is_twin(lesson, row, other)) {
			if (is_overtaken(picture, index, i))
				return 0;
			join(row, other, row);
			return i;
		}
		if (is_twin(lesson, other, row) && other->time_ns - row->time_ns <= CLOCK_NS) {
			join(other, row, row);
			return i;
		}
	}
	return 0;
}

void picture_join(const struct lesson *lesson, struct picture *picture)
{
	for (size_t i = 0; i < picture->row_count; i++) {
		size_t twin;

		while ((twin = join_row(lesson, picture, i))) {
			memmove(&picture->rows[twin], &picture->rows[twin + 1],
			        (picture->row_count - twin - 1) * sizeof *picture->rows);
			picture->row_count--;
		}
	}
}
