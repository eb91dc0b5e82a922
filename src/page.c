/* page.c - a class as one HTML file: no server, no network, works from file://.
 *
 * Theory of operation
 *
 * The page (page/page.html, .css, .js) stands around the records, which are written one by one as JSON in <script
 * type="application/json">: data that no browser runs. The page's own script makes everything that is seen from it,
 * with textContent only, so that text of students never meets a parser of HTML. A ladder is shown as an image, and an
 * image runs no script.
 *
 * Beneath that lies a Content-Security-Policy: the page may load nothing and send nothing, and of scripts and styles only
 * those may run whose SHA-256 it names (CSP 3, section 8.3): ours, and the style of our ladders.
 *
 * What is held of a record when it is written: nothing. */
#include "page_parts.h"

#include "sha256.h"
#include "svg.h"

#include <string.h>

static void add_hash(struct text *out, const char *string, size_t length)
{
	unsigned char digest[SHA256_SIZE];
	struct sha256 sha;

	sha256_begin(&sha);
	sha256_add(&sha, string, length);
	sha256_end(&sha, digest);
	text_add(out, "'sha256-");
	format_base64(out, digest, sizeof digest);
	text_add(out, "'");
}

/* What stands between the tags of a ladder's style: an engine may hold the page's policy against its images, too. */
static void add_ladder_hash(struct text *out)
{
	const char *from = strchr(svg_style(), '>') + 1;

	add_hash(out, from, (size_t)(strstr(from, "</style>") - from));
}

static void add_policy(struct text *out)
{
	text_add(out, "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; script-src ");
	add_hash(out, page_js, strlen(page_js));
	text_add(out, "; style-src ");
	add_hash(out, page_css, strlen(page_css));
	text_add(out, " ");
	add_ladder_hash(out);
}

/* What the page's script needs beside the records: the words for diagnoses, and the style of ladders. */
static void add_words(struct text *out)
{
	json_t *object = json_object(), *words = json_object();

	for (size_t i = 0; i < page_word_count; i++)
		jsonout_put(words, page_words[i].id, json_string(page_words[i].words));
	jsonout_put(object, "words", words);
	jsonout_put(object, "style", json_string(svg_style()));
	page_json(object, out);
}

static void add_css(struct text *out)
{
	text_add(out, page_css);
}

static void add_js(struct text *out)
{
	text_add(out, page_js);
}

static const struct slot {
	const char *name;
	void (*add)(struct text *out);
} slots[] = {{"@POLICY@", add_policy}, {"@CSS@", add_css}, {"@WORDS@", add_words}, {"@JS@", add_js}};

/* Adds the page from FROM up to TO, its slots filled. */
static void add_page(const char *from, const char *to, struct text *out)
{
	while (from < to) {
		size_t length = 1;

		for (size_t i = 0; *from == '@' && i < sizeof slots / sizeof *slots; i++)
			if (!strncmp(from, slots[i].name, strlen(slots[i].name))) {
				slots[i].add(out);
				length = strlen(slots[i].name);
			}
		if (length == 1)
			text_add_bytes(out, from, 1);
		from += length;
	}
}

static const char records_slot[] = "@RECORDS@";

static void begin(struct format_run *run, struct text *out)
{
	(void)run; /* nothing was written yet */
	add_page(page_html, strstr(page_html, records_slot), out);
}

/* All records of a class are of one course. */
static void add_course(const struct result *result, struct text *out)
{
	text_add(out, "<script type=\"application/json\" id=\"course\">");
	page_json(json_pack("[s]", result->course), out);
	text_add(out, "</script>\n");
}

static void add(struct format_run *run, const struct result *result, struct text *out)
{
	if (!run->records++)
		add_course(result, out);
	text_add(out, "<script type=\"application/json\" class=\"head\">");
	page_head(result, out);
	text_add(out, "</script><script type=\"application/json\">");
	page_detail(result, out);
	text_add(out, "</script>\n");
}

static void end(struct format_run *run, struct text *out)
{
	const char *from = strstr(page_html, records_slot) + strlen(records_slot);

	(void)run; /* the rest of the page is the same for every class */
	add_page(from, from + strlen(from), out);
}

const struct format format_page = {
	.name = "page", .file = "class.html", .summary = "a page that shows a class, for a browser", .begin = begin, .add = add,
	.end = end,
};
