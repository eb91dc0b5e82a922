/* trace_parse_parts.h - what the parts of the parser share. Private to trace_parse*.c. */
#ifndef WINDSOCK_TRACE_PARSE_PARTS_H
#define WINDSOCK_TRACE_PARSE_PARTS_H

#include "lexer.h"
#include "trace.h"

/* A variable that a `where` names: it must occur in some flow. */
struct use {
	char name[TRACE_NAME];
	int line, column;
};

struct parser {
	struct lexer lexer;
	struct trace *trace;
	size_t entry_capacity, vantage_capacity;
	int vantage; /* of the `at` that we are in, or -1 */
	struct use *uses;
	size_t use_count, use_capacity;
};

/* trace_parse_endpoint.c */
int trace_parse_endpoint(struct parser *parser, struct endpoint *endpoint);

/* trace_parse_item.c: the bounds behind `repeat`; the time behind `after` or `within`, which stands at COLUMN; the
 * items of a block whose first line has the indent PARENT */
int trace_parse_amount(struct parser *parser, struct amount *amount); /* N bytes, N..M bytes, N.. bytes */
int trace_parse_bounds(struct parser *parser, size_t *least, size_t *most);
int trace_parse_time(struct parser *parser, int column, int64_t *us);
int trace_parse_items(struct parser *parser, const struct expected_flow *flow, struct item **items, size_t *count,
                      int parent, int depth, enum item_kind within);

#endif
