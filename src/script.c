/* script.c - see script.h. */
#include "script.h"

#include <stdlib.h>
#include <string.h>

static void add_action(struct script_talk *talk, enum script_action_kind kind, const struct item *item)
{
	mem_room(talk->actions, talk->action_count, talk->action_capacity);
	talk->actions[talk->action_count++] = (struct script_action){kind, item};
}

/* A block is whose first message is: who would begin it. */
static bool is_mine(const struct script_talk *talk, const struct item *item)
{
	while (item->item_count)
		item = item->items;
	return (item->direction == DIRECTION_ALONG) == talk->opens;
}

static void add_items(struct script_talk *talk, const struct item *items, size_t count);

/* Own parts first: two hosts that both waited would wait for ever. */
static void add_any_order(struct script_talk *talk, const struct item *block)
{
	for (int mine = 1; mine >= 0; mine--)
		for (size_t i = 0; i < block->item_count; i++)
			if (is_mine(talk, &block->items[i]) == (mine == 1))
				add_items(talk, &block->items[i], 1);
}

static void add_item(struct script_talk *talk, const struct item *item)
{
	switch (item->kind) {
	case ITEM_MESSAGE:
		add_action(talk, is_mine(talk, item) ? SCRIPT_SEND : SCRIPT_EXPECT, item);
		break;
	case ITEM_FIN:
		add_action(talk, is_mine(talk, item) ? SCRIPT_END : SCRIPT_EXPECT_END, item);
		break;
	case ITEM_RESET:
		add_action(talk, is_mine(talk, item) ? SCRIPT_RESET : SCRIPT_EXPECT_END, item);
		break;
	case ITEM_ANY_ORDER:
		add_any_order(talk, item);
		break;
	case ITEM_REPEAT:
		for (size_t i = 0; i < item->least; i++)
			add_items(talk, item->items, item->item_count);
		break;
	case ITEM_UNREACHABLE: /* the kernel's part, as the next two are */
	case ITEM_SYN:
	case ITEM_ACK:
	case ITEM_MAYBE:
		break;
	}
}

static void add_items(struct script_talk *talk, const struct item *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_item(talk, &items[i]);
}

static bool has_action(const struct script_talk *talk, enum script_action_kind kind)
{
	for (size_t i = 0; i < talk->action_count; i++)
		if (talk->actions[i].kind == kind)
			return true;
	return false;
}

/* Where the trace is silent about ends, the opener ends first and the other side
 * waits for that: two ends at once would have no order (docs/trace-language.md). */
static void add_ends(struct script_talk *talk)
{
	bool ends = has_action(talk, SCRIPT_END) || has_action(talk, SCRIPT_RESET);
	bool expects = has_action(talk, SCRIPT_EXPECT_END);

	if (talk->entry->flow.transport != TRANSPORT_TCP)
		return;
	if (talk->opens && !ends)
		add_action(talk, SCRIPT_END, NULL);
	if (!expects && !has_action(talk, SCRIPT_RESET))
		add_action(talk, SCRIPT_EXPECT_END, NULL);
	if (!talk->opens && !ends)
		add_action(talk, SCRIPT_END, NULL);
}

static void add_talk(struct script *script, const struct entry *entry, bool opens, size_t phase)
{
	struct script_talk *talk;

	mem_room(script->talks, script->talk_count, script->talk_capacity);
	talk = &script->talks[script->talk_count++];
	*talk = (struct script_talk){.entry = entry, .opens = opens, .phase = phase};
	add_items(talk, entry->flow.items, entry->flow.item_count);
	add_ends(talk);
}

/* A flow `maybe` is awaited once and never opened. */
static size_t times(const struct expected_flow *flow, bool opens)
{
	return opens || flow->least ? flow->least : 1;
}

/* Where HOST's part is written down: at an interface of its own if the trace speaks of one (behind a NAT
 * only that names it), else at the first watch. Other vantage points show the same flows again. */
static int vantage_of(const struct trace *trace, const char *host)
{
	for (size_t i = 0; i < trace->vantage_count; i++)
		if (!strcmp(trace->vantages[i].host, host))
			return (int)i;
	return -1;
}

/* Whether somebody is there to be called: not where a call is refused or unanswered, nor where a datagram is sent
 * back unreachable and was never answered. */
static bool has_target(const struct expected_flow *flow)
{
	bool unreachable = false;

	for (size_t i = 0; i < flow->item_count; i++) {
		if (flow->items[i].kind == ITEM_MESSAGE && flow->items[i].direction == DIRECTION_AGAINST)
			return true;
		unreachable |= flow->items[i].kind == ITEM_UNREACHABLE && flow->items[i].direction == DIRECTION_AGAINST;
	}
	return flow->outcome == OUTCOME_OPEN && !unreachable;
}

void script_read(const struct trace *trace, const char *host, struct script *script)
{
	int vantage = vantage_of(trace, host);
	size_t phase = 0;

	*script = (struct script){0};
	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct entry *entry = &trace->entries[i];
		bool opens = !strcmp(entry->flow.opener.host, host);

		if (entry->vantage != vantage)
			continue;
		if (entry->kind == ENTRY_THEN)
			phase++;
		if (entry->kind != ENTRY_FLOW)
			continue;
		if (!opens && (strcmp(entry->flow.target.host, host) || !has_target(&entry->flow)))
			continue;
		for (size_t n = times(&entry->flow, opens); n; n--)
			add_talk(script, entry, opens, phase);
	}
}

void script_free(struct script *script)
{
	for (size_t i = 0; i < script->talk_count; i++)
		free(script->talks[i].actions);
	free(script->talks);
	*script = (struct script){0};
}
