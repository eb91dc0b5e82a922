/* lesson_parts.h - what the parts of the lesson language's parser share. Private to lesson_*.c.
 *
 * All functions that return an int return 0, or -1 after they have filled the lexer's struct error. */
#ifndef WINDSOCK_LESSON_PARTS_H
#define WINDSOCK_LESSON_PARTS_H

#include "lesson.h"
#include "lexer.h"
#include "text.h"

struct parser {
	struct lexer lexer;
	struct lesson *lesson;
	int of_case; /* the case that the line stands in, or LESSON_EVERY_CASE */
	size_t host_capacity, link_capacity, route_capacity, tunnel_capacity, program_capacity, case_capacity;
	size_t nat_capacity, filter_capacity, forward_capacity, memory_capacity, rate_capacity, rules_capacity;
	size_t step_capacity, watch_capacity; /* of the current case */
	bool title_seen, idea_seen, begin_seen, skeleton_seen, limit_seen;
};

/* A line: its first word, and who reads the rest. */
typedef int statement_parser(struct parser *parser);

struct statement {
	const char *word;
	statement_parser *parse;
};

/* lesson_network.c */
statement_parser parse_host, parse_router, parse_switch, parse_link, parse_route, parse_tunnel;
/* lesson_firewall.c: these stand in a case as well */
statement_parser parse_nat, parse_filter, parse_forward, parse_memory, parse_rate, parse_rules;
/* lesson_program.c */
statement_parser parse_program, parse_param;
/* lesson_case.c */
statement_parser parse_case;

/* ---- lesson_words.c ---- */

struct lesson_case *parser_case(struct parser *parser); /* the one that is read */
int parser_unexpected(struct parser *parser, const struct token *token, const char *what);
/* *seen becomes true, or it was and this is the second time. */
int parser_once(struct parser *parser, bool *seen);
int parser_taken(struct parser *parser, int column, const char *name, const char *by);
int parser_room(struct parser *parser, size_t count, size_t most, const char *what);
/* "no WHAT NAME is declared above", with a guess out of COUNT names that begin at FIRST, SIZE bytes apart. */
int parser_unknown(struct parser *parser, int column, const char *what, const char *name, size_t length,
                   const void *first, size_t count, size_t size);

/* A string of text for people: no holes, no control characters, at most SIZE - 1 bytes. */
int parser_prose(struct parser *parser, const char *what, char *prose, size_t size);
/* Letters, digits, - and _, beginning with a letter or a digit: 01-udp-server. */
int parser_label(struct parser *parser, const char *what, char *label, size_t size);
int parser_name(struct parser *parser, const char *what, char name[LESSON_NAME]);
/* A file in the lesson's folder itself, with that ENDING. */
int parser_file(struct parser *parser, const char *what, const char *ending, char *file, size_t size);

int parser_host(struct parser *parser, size_t *host);    /* declared above */
int parser_machine(struct parser *parser, size_t *host); /* the same, no switch */
int parser_interface(struct parser *parser, size_t *host, char interface[LESSON_INTERFACE]); /* HOST.INTERFACE */
int parser_known_interface(struct parser *parser, size_t *host, char interface[LESSON_INTERFACE]); /* made above */
int parser_router(struct parser *parser, int column, size_t host, const char *whose);
/* ADDRESS, or {host} for a host's first. Anything but 0.0.0.0. */
int parser_address(struct parser *parser, const struct token *token, const char *text, size_t length,
                   uint32_t *address);
int parser_subnet(struct parser *parser, uint32_t *address, int *prefix); /* ADDRESS/PREFIX, as it stands */
int parser_check_subnet(struct parser *parser, int column, uint32_t address, int prefix); /* no host in it */
/* A port, or {param} of kind port. */
int parser_port(struct parser *parser, const struct token *token, const char *text, size_t length,
                struct lab_number *port);
/* Whether no host can have it: no multicast, no loopback, neither end of its subnet (RFC 3021: but for /31). */
int parser_unicast(struct parser *parser, int column, uint32_t address, int prefix);

/* A line with one of STATEMENTS. WHAT names them all in the message. */
int parser_statement(struct parser *parser, const struct statement *statements, const char *what);

uint32_t parser_mask(int prefix);
const char *parser_dotted(uint32_t address, char text[16]);

#endif
