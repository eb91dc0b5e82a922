/* picture.c - see picture.h. Arrows are listed and sorted by time, those that are one
 * packet joined, calls put between them, the middle of a long run left out; then the
 * hosts that are left get their columns. */
#include "picture_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MOST 32      /* beyond that it is no picture any more */
#define ROWS_CALLS 200    /* unless somebody asked for every call */
#define ROWS_AFTER 8      /* of them behind the first wrong one */
#define ROWS_BEGIN 6      /* of them at the very beginning */

struct picture_row *picture_add(struct picture *picture, enum picture_kind kind, int64_t time_ns)
{
	mem_room(picture->rows, picture->row_count, picture->row_capacity);
	picture->rows[picture->row_count] =
		(struct picture_row){.kind = kind, .time_ns = time_ns, .order = picture->row_count};
	return &picture->rows[picture->row_count++];
}

bool picture_is_missing(const struct picture_row *row)
{
	return row->mark == MARK_MISSING || row->mark == MARK_FIRST_MISSING;
}

static int by_time(const void *left, const void *right)
{
	const struct picture_row *a = left, *b = right;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* What was expected of the first wrong arrow stands right below it, whatever else came at that time. */
static void raise_expected(struct picture *picture)
{
	size_t first = 0, expected = 0;

	while (first < picture->row_count && picture->rows[first].mark != MARK_FIRST)
		first++;
	while (expected < picture->row_count && strcmp(picture->rows[expected].remark, "expected") != 0)
		expected++;
	if (first < expected && expected < picture->row_count) {
		struct picture_row row = picture->rows[expected];

		memmove(&picture->rows[first + 2], &picture->rows[first + 1], (expected - first - 1) * sizeof row);
		picture->rows[first + 1] = row;
	}
}

/* ---- what is left out ---- */

static size_t first_wrong(const struct picture *picture)
{
	for (size_t i = 0; i < picture->row_count; i++)
		if (picture->rows[i].mark >= MARK_FIRST_MISSING)
			return i;
	return SIZE_MAX;
}

/* Whether a row is shown: the beginning, and MOST rows in all around the first wrong one, or the end. */
static bool is_kept(size_t row, size_t count, size_t first, size_t most)
{
	size_t window = most - ROWS_BEGIN, end = first == SIZE_MAX || first + ROWS_AFTER >= count ? count : first + ROWS_AFTER;

	if (row < ROWS_BEGIN || count <= most + 1)
		return true;
	if (end < most)
		end = most;
	return row < end && row + window >= end;
}

static void leave_out(struct picture *picture, size_t most)
{
	size_t first = first_wrong(picture), count = picture->row_count, kept = 0;
	bool gap = false;

	for (size_t i = 0; i < count; i++) {
		struct picture_row row = picture->rows[i];

		if (!is_kept(i, count, first, most)) {
			if (!gap)
				picture->rows[kept++] = (struct picture_row){.kind = PICTURE_GAP, .time_ns = INT64_MAX};
			picture->rows[kept - 1].arrows += row.kind == PICTURE_ARROW;
			picture->rows[kept - 1].calls += row.kind == PICTURE_CALL;
			gap = true;
			continue;
		}
		picture->rows[kept++] = row;
		gap = false;
	}
	picture->row_count = kept;
}

/* ---- columns ---- */

/* Where there are more hosts than columns the last one stands for all of the rest. */
static void add_column(struct picture *picture, const char *name)
{
	for (size_t i = 0; i < picture->column_count; i++)
		if (!strcmp(picture->column[i], name))
			return;
	if (!strcmp(name, "*") || !*name)
		return;
	if (picture->column_count < PICTURE_COLUMNS)
		snprintf(picture->column[picture->column_count++], PICTURE_NAME, "%s", name);
	else
		snprintf(picture->column[PICTURE_COLUMNS - 1], PICTURE_NAME, "others");
}

static bool has_host(const struct picture_row *row, const char *name)
{
	for (size_t i = 0; i < row->via_count; i++)
		if (!strcmp(row->via[i].name, name))
			return true;
	return !strcmp(row->from_name, name) || !strcmp(row->to_name, name);
}

/* Hosts of the lesson in its order, then strangers. */
static void list_columns(const struct lesson *lesson, struct picture *picture)
{
	for (size_t host = 0; host < lesson->host_count; host++)
		for (size_t i = 0; i < picture->row_count; i++)
			if (has_host(&picture->rows[i], lesson->hosts[host].name))
				add_column(picture, lesson->hosts[host].name);
	for (size_t i = 0; i < picture->row_count; i++) {
		add_column(picture, picture->rows[i].from_name);
		add_column(picture, picture->rows[i].to_name);
	}
}

/* PICTURE_COLUMNS: of anybody ("*"). */
static size_t find_column(const struct picture *picture, const char *name)
{
	for (size_t i = 0; i < picture->column_count; i++)
		if (!strcmp(picture->column[i], name))
			return i;
	return strcmp(name, "*") != 0 && picture->column_count ? picture->column_count - 1 : PICTURE_COLUMNS;
}

/* An arrow from or to anybody goes to whoever stands at its other end. */
static size_t anybody(const struct picture *picture, size_t other)
{
	return other + 1 < picture->column_count ? other + 1 : other ? other - 1 : 0;
}

static bool is_between(size_t column, size_t a, size_t b)
{
	return (a < column && column < b) || (b < column && column < a);
}

/* A NAT that stands aside in the order of columns cannot be drawn on the way: then without it. */
static void place_vias(const struct picture *picture, struct picture_row *row)
{
	size_t kept = 0;

	for (size_t i = 0; i < row->via_count; i++) {
		row->via[i].column = find_column(picture, row->via[i].name);
		if (is_between(row->via[i].column, row->from, row->to))
			row->via[kept++] = row->via[i];
	}
	row->via_count = kept;
}

static void place_rows(struct picture *picture)
{
	for (size_t i = 0; i < picture->row_count; i++) {
		struct picture_row *row = &picture->rows[i];

		row->from = find_column(picture, row->from_name);
		row->to = find_column(picture, row->to_name);
		if (row->from == PICTURE_COLUMNS)
			row->from = anybody(picture, row->to == PICTURE_COLUMNS ? 0 : row->to);
		if (row->to == PICTURE_COLUMNS)
			row->to = anybody(picture, row->from);
		place_vias(picture, row);
	}
}

/* ---- addresses ---- */

/* The host's first address says no more than its name. */
static bool is_first(const struct hosts *hosts, const char *name, const struct address *address)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (!strcmp(hosts->entries[i].name, name))
			return address_equal(&hosts->entries[i].address, address);
	return true; /* a stranger is called by it */
}

static bool is_other(const struct hosts *hosts, const struct picture_row *row, const char *name)
{
	return (row->from_port && row->from_address.family && !strcmp(row->from_name, name) &&
	        !is_first(hosts, name, &row->from_address)) ||
	       (row->to_port && row->to_address.family && !strcmp(row->to_name, name) &&
	        !is_first(hosts, name, &row->to_address));
}

/* Whether the picture shows the host at another address than its first: then each arrow has to say which. */
static bool has_several(const struct hosts *hosts, const struct picture *picture, const char *name)
{
	for (size_t i = 0; i < picture->row_count; i++)
		if (picture->rows[i].kind == PICTURE_ARROW && is_other(hosts, &picture->rows[i], name))
			return true;
	return false;
}

/* In two goes: what is looked at must not be changed meanwhile. */
static void leave_addresses(const struct hosts *hosts, struct picture *picture)
{
	bool several[PICTURE_COLUMNS];

	for (size_t i = 0; i < picture->column_count; i++)
		several[i] = has_several(hosts, picture, picture->column[i]);
	for (size_t i = 0; i < picture->row_count; i++) {
		struct picture_row *row = &picture->rows[i];

		if (row->from >= picture->column_count || !several[row->from])
			row->from_address = (struct address){0};
		if (row->to >= picture->column_count || !several[row->to])
			row->to_address = (struct address){0};
	}
}

/* Times count from the first packet; where none came, from the first call. */
static int64_t find_start(const struct picture *picture)
{
	int64_t first_call = 0;

	for (size_t i = picture->row_count; i-- > 0;)
		if (picture->rows[i].kind == PICTURE_CALL && picture->rows[i].time_ns != INT64_MAX)
			first_call = picture->rows[i].time_ns;
	for (size_t i = 0; i < picture->row_count; i++)
		if (picture->rows[i].kind == PICTURE_ARROW && !picture_is_missing(&picture->rows[i]))
			return picture->rows[i].time_ns;
	return first_call;
}

/* ---- all of it ---- */

void picture_make(const struct scene *scene, const struct match *match, const struct picture_options *options,
                  struct picture *picture)
{
	*picture = (struct picture){0};
	for (size_t view = 0; view < scene->view_count; view++)
		if (options->view == PICTURE_EVERY_VIEW || options->view == view)
			picture_add_arrows(scene, match, view, picture);
	if (picture->row_count)
		qsort(picture->rows, picture->row_count, sizeof *picture->rows, by_time);
	if (options->view == PICTURE_EVERY_VIEW && scene->view_count > 1)
		picture_join(scene->lesson, picture);
	raise_expected(picture);
	if (options->calls != PICTURE_NO_CALLS && scene->evidence.call_count)
		picture_add_calls(scene, options, picture);
	picture->start_ns = find_start(picture);
	leave_out(picture, options->calls == PICTURE_ALL_CALLS ? ROWS_CALLS : ROWS_MOST);
	list_columns(scene->lesson, picture);
	place_rows(picture);
	leave_addresses(&scene->hosts, picture);
}

void picture_free(struct picture *picture)
{
	free(picture->rows);
	*picture = (struct picture){0};
}

const char *picture_time(const struct picture *picture, const struct picture_row *row, char *out, size_t size)
{
	double time_ms = (double)(row->time_ns - picture->start_ns) / 1e6;

	*out = '\0';
	if (row->kind != PICTURE_GAP && !picture_is_missing(row) && row->time_ns != INT64_MAX)
		snprintf(out, size, "%.1f", time_ms < 0 && time_ms > -0.05 ? 0 : time_ms); /* not -0.0 */
	return out;
}

const char *picture_end(const struct address *address, uint16_t port, char *out, size_t size)
{
	char printed[46] = "";

	*out = '\0';
	if (port)
		snprintf(out, size, "%s:%u", address->family ? address_print(address, printed, sizeof printed) : "", port);
	return out;
}

const char *picture_gap(const struct picture_row *row, char *out, size_t size)
{
	int length = snprintf(out, size, "... ");

	if (row->arrows)
		length += snprintf(out + length, size - (size_t)length, "%zu arrow%s", row->arrows, row->arrows == 1 ? "" : "s");
	if (row->calls)
		length += snprintf(out + length, size - (size_t)length, "%s%zu call%s", row->arrows ? " and " : "", row->calls,
		                   row->calls == 1 ? "" : "s");
	snprintf(out + length, size - (size_t)length, " not shown");
	return out;
}
