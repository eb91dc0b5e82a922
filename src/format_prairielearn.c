/* format_prairielearn.c - PrairieLearn's results.json for external graders.
 *
 * At most 1 MB: what is too long is cut, pictures first. A submission that cannot be judged is not gradable: the
 * student loses no attempt by it. Points and their maximum stand at all tests; a maximum of 0 shows grey. */
#include "format_parts.h"

#include <string.h>

#define FILE_MAX 1000000
#define CUT "\n(Cut here: the file may have 1 MB.)"

static json_t *words(struct text *text, size_t longest)
{
	format_cut(text, longest, CUT);
	return format_string(text);
}

/* As a data URL; only whole ones. */
static json_t *images_json(const struct result_case *one, size_t longest)
{
	json_t *images = json_array(), *image;
	struct text url = {0};

	if (!*one->picture_svg || longest != SIZE_MAX)
		return images;
	image = json_object();
	text_add(&url, "data:image/svg+xml;base64,");
	format_base64(&url, one->picture_svg, strlen(one->picture_svg));
	jsonout_put(image, "label", json_string("Packets"));
	jsonout_put(image, "url", format_string(&url));
	jsonout_append(images, image);
	return images;
}

static json_t *test_json(const struct result *result, const struct result_case *one, size_t records, size_t longest)
{
	json_t *test = json_object();
	struct text name = {0}, title = {0}, message = {0}, output = {0};

	format_name(&name, result, one, records);
	format_line(&title, one->title);
	format_message(&message, result, one);
	format_detail(&output, one, false);
	jsonout_put(test, "name", words(&name, longest));
	jsonout_put(test, "description", words(&title, longest));
	jsonout_put(test, "points", json_integer(format_is_judged(one) ? one->points : 0));
	jsonout_put(test, "max_points", json_integer(format_is_judged(one) ? one->max_points : 0));
	jsonout_put(test, "message", words(&message, longest));
	jsonout_put(test, "output", words(&output, longest));
	jsonout_put(test, "images", images_json(one, longest));
	return test;
}

struct sum {
	int64_t points, max_points;
	bool error, undecided;
};

static struct sum add_up(const struct result *results, size_t count)
{
	struct sum sum = {0};

	for (size_t i = 0; i < count; i++) {
		sum.error = sum.error || results[i].status == RESULT_ERROR;
		sum.undecided = sum.undecided || format_is_undecided(&results[i]);
		for (size_t j = 0; j < results[i].case_count; j++)
			if (format_is_judged(&results[i].cases[j])) {
				sum.points += results[i].cases[j].points;
				sum.max_points += results[i].cases[j].max_points;
			}
	}
	return sum;
}

/* What the student is told where it is not gradable. */
static void say_ungradable(const struct result *results, size_t count, struct text *said)
{
	for (size_t i = 0; i < count; i++) {
		format_whole(said, &results[i]);
		for (size_t j = 0; j < results[i].case_count && !said->length; j++)
			if (!format_is_judged(&results[i].cases[j]))
				format_message(said, &results[i], &results[i].cases[j]);
	}
}

static json_t *tests_json(const struct result *results, size_t count, size_t longest)
{
	json_t *tests = json_array();

	for (size_t i = 0; i < count && longest; i++)
		for (size_t j = 0; j < results[i].case_count; j++)
			jsonout_append(tests, test_json(&results[i], &results[i].cases[j], count, longest));
	return tests;
}

static json_t *build(const struct result *results, size_t count, size_t longest)
{
	json_t *root = json_object();
	struct sum sum = add_up(results, count);
	bool gradable = sum.max_points && !sum.error && !sum.undecided;
	size_t room = longest > 100000 ? 100000 : longest;
	struct text said = {0}, whole = {0};

	jsonout_put(root, "gradable", json_boolean(gradable));
	if (gradable) {
		jsonout_put(root, "score", json_real((double)sum.points / (double)sum.max_points));
		for (size_t i = 0; i < count; i++)
			format_whole(&whole, &results[i]);
		jsonout_put(root, "output", words(&whole, room));
		jsonout_put(root, "tests", tests_json(results, count, longest));
		return root;
	}
	say_ungradable(results, count, &said);
	jsonout_put(root, "score", json_integer(0));
	jsonout_put(root, "format_errors", words(&said, room ? room : 1000));
	return root;
}

static int write(const struct result *results, size_t count, struct text *out, struct error *error)
{
	(void)error; /* there is a word for everything */
	format_fit(build, results, count, FILE_MAX - 1, out);
	text_add(out, "\n");
	return 0;
}

const struct format format_prairielearn = {
	.name = "prairielearn", .file = "results.json", .summary = "PrairieLearn's external grader, with pictures",
	.write = write,
};
