/* test_rules_check.c - a student's rules: what is let through to nft, and what is not. */
#include "suite.h"

#include "../../src/rules_check.h"
#include "../../src/text.h"

#include <stdio.h>
#include <string.h>

static void lets_rules_through(void)
{
	static const char *const rules[] = {
		"",
		"# include \"/etc/passwd\"\n\n",
		"define web = 192.0.2.10\ndefine ports = { 80, 443 }\n"
		"table inet fw {\n\tset s { type inet_service; size 65535; elements = { 1, 2 } }\n\tchain in {\n"
		"\t\ttype filter hook forward priority filter; policy drop;\n"
		"\t\tct state established,related accept # monitor\n"
		"\t\tip daddr $web tcp dport $ports accept comment \"flush # { the ruleset\"\n\t}\n}\n",
		("add table ip x; add chain ip x y { type filter hook input priority 0; }\n"
		 "add rule ip x y \\\n tcp dport 80 reject with tcp reset\r\n"),
		"table ip x { chain y { tcp option maxseg size set rt mtu } }\n",
		"table ip includes {}\ncreate table ip z\n",
	};

	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		struct error error = {0};

		if (rules_check("fw.nft", rules[i], strlen(rules[i]), &error))
			ASSERT_STRING(error_string(&error), rules[i]);
	}
}

struct refusal {
	const char *rules;
	int line, column;
	const char *says;
};

static void refuses_what_is_no_firewall(void)
{
	static const struct refusal refusals[] = {
		{"include \"/etc/shadow\"\n", 1, 1, "no other file"},
		{"table ip x {\n include \"/etc/shadow\"\n}", 2, 2, "no other file"},
		{"table ip x { } ; include \"x\"", 1, 18, "no other file"},
		{"table ip x { comment \"#\" include \"x\" }", 1, 26, "no other file"},
		{"# \"\ninclude \"x\"", 2, 1, "no other file"},
		{"table ip x { comment \"\ninclude \" }", 1, 22, "in a string"},
		{"table ip x { comment \" }", 1, 22, "no end"},
		{"flush ruleset\n", 1, 1, "\"flush\" takes away"},
		{"table ip x {\n}\ndelete table ip x\n", 3, 1, "\"delete\" takes away"},
		{"add table ip x; flush ruleset\n", 1, 17, "\"flush\" takes away"},
		{"add table ip x \\\n\nmonitor\n", 3, 1, "this one begins with \"monitor\""},
		{"list ruleset", 1, 1, "this one begins with \"list\""},
		{"table ip x { set s { type ipv4_addr; size 65536; } }", 1, 43, "1 to 65535 elements"},
		{"table ip x { set s { type ipv4_addr; size 0xffffff; } }", 1, 43, "1 to 65535 elements"},
		{"define a = { 1, 2 }\ndefine b = { $a, $a }\n", 2, 14, "write its text out"},
	};

	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		struct error error = {0};
		char got[1024], expected[1024];

		CU_ASSERT(rules_check("fw.nft", refusals[i].rules, strlen(refusals[i].rules), &error) == -1);
		(void)snprintf(expected, sizeof expected, "%d:%d: %s", refusals[i].line, refusals[i].column,
		               refusals[i].says);
		(void)snprintf(got, sizeof got, "%d:%d: %s", error.line, error.column,
		               strstr(error.text, refusals[i].says) ? refusals[i].says : error.text);
		ASSERT_STRING(got, expected);
		ASSERT_STRING(error.file, "fw.nft");
	}
}

static void refuses_what_grows(void)
{
	struct text rules = {0};
	struct error error = {0};

	text_add(&rules, "define a = { 1");
	for (int i = 0; i < 500; i++)
		text_add(&rules, ", 2");
	CU_ASSERT(rules_check("f", rules.data, rules.length, &error) == -1 && strstr(error.text, "more than 1000 bytes"));
	text_free(&rules);
	text_add(&rules, "define a = { 1 }\ntable ip x {");
	for (int i = 0; i < 65; i++)
		text_add(&rules, "$a ");
	CU_ASSERT(rules_check("f", rules.data, rules.length, &error) == -1 && strstr(error.text, "more than 64 uses"));
	text_free(&rules);
	for (int i = 0; i < 65 * 1024; i++)
		text_add(&rules, "#");
	CU_ASSERT(rules_check("f", rules.data, rules.length, &error) == -1 && strstr(error.text, "at most 65536"));
	text_free(&rules);
	CU_ASSERT(rules_check("f", "#\0", 2, &error) == -1 && strstr(error.text, "NUL"));
}

static const struct suite_test tests[] = {
	{"rules are let through", lets_rules_through},
	{"files, monitors, flushes and giant sets are refused at their word", refuses_what_is_no_firewall},
	{"a small text does not become a large one", refuses_what_grows},
};

SUITE_MAIN("rules_check", tests)
