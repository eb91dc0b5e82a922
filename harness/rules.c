/* rules.c - see rules.h. */
#include "rules.h"

#include "cleanup.h"
#include "ruleset.h"
#include "student_file.h"
#include "walls.h"

#include <stdlib.h>
#include <string.h>

/* "...:3:5-9: Error: ...": the line and the column, or 0. */
static int read_place(const char *said, int *column)
{
	const char *error = strstr(said, ": Error: "), *at = error;
	int colons = 0, line;
	char *end;

	*column = 0;
	while (at && at > said && colons < 2)
		colons += *--at == ':';
	if (colons < 2)
		return 0;
	line = (int)strtol(at + 1, &end, 10);
	*column = *end == ':' ? (int)strtol(end + 1, NULL, 10) : 0;
	return line;
}

/* Whether this kernel has what any ruleset needs. The lab comes to its end, so the table may stay. */
static bool can_load(void)
{
	_cleanup_text_ struct text said = {0};

	return !ruleset_load("table ip windsock_try {\n\tchain any {\n\t\ttype filter hook input priority 0; policy "
	                     "accept;\n\t\tct state established accept\n\t}\n}\n", &said);
}

static enum lab_result refuse(const struct lab *lab, const struct rules *rules, struct text *said, struct error *error)
{
	int column, line = read_place(text_string(said), &column);

	if (!can_load()) {
		wall_rules(lab->lesson->hosts[rules->host].name, ruleset_reason(said), error);
		return LAB_UNSUPPORTED;
	}
	error_set(error, rules->source, line, column, "nft says \"%s\"", ruleset_reason(said));
	return LAB_RULES_WRONG;
}

static enum lab_result load(const struct lab *lab, const struct rules *rules, struct error *error)
{
	_cleanup_text_ struct text text = {0}, said = {0};

	if (student_rules_read(lab->folder, rules->source, &text, error))
		return LAB_RULES_WRONG;
	if (ruleset_load_placed(&text, &said))
		return refuse(lab, rules, &said, error);
	return LAB_BUILT;
}

enum lab_result rules_load(const struct lab *lab, size_t host, struct error *error)
{
	enum lab_result result = LAB_BUILT;

	for (size_t i = 0; i < lab->lesson->rules_count && result == LAB_BUILT; i++)
		if (lab->lesson->rules[i].host == host && lesson_holds(lab->lesson->rules[i].of_case, lab->which))
			result = load(lab, &lab->lesson->rules[i], error);
	return result;
}
