/* evidence_folder.c - a folder of evidence, read back and judged. */
#include "check.h"

#include "../src/student_trace.h"
#include "cleanup.h"
#include "files.h"
#include "student_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define RECORD_MAX (16 << 20)

/* A FIFO would wait for ever. One that is not there is told by who opens it. */
static int require_file(const char *path, struct error *error)
{
	if (is_file(path) || access(path, F_OK))
		return 0;
	return error_set(error, path, 0, 0, "is not a file; run `windsock check` again");
}

static int read_record(const char *folder, struct evidence *evidence, struct error *error)
{
	_cleanup_text_ struct text path = {0}, source = {0};

	text_printf(&path, "%s/run.json", folder);
	if (require_file(text_string(&path), error) || file_read(text_string(&path), RECORD_MAX, &source, error))
		return -1;
	return evidence_parse(evidence, text_string(&path), text_string(&source), source.length, error);
}

/* A capture is as it was written, or no picture is made of it. One whose hash is not known is taken as it is. */
static int require_whole(const struct evidence_capture *capture, FILE *stream, const char *path, struct error *error)
{
	struct sha256 sha;
	unsigned char bytes[4096], digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	size_t got;

	if (!*capture->sha256)
		return 0;
	sha256_begin(&sha);
	while ((got = fread(bytes, 1, sizeof bytes, stream)) > 0)
		sha256_add(&sha, bytes, got);
	sha256_end(&sha, digest);
	sha256_hex(digest, hex);
	if (ferror(stream) || fseek(stream, 0, SEEK_SET))
		return error_set(error, path, 0, 0, "cannot be read: %s; run `windsock check` again", strerror(errno));
	return strcmp(hex, capture->sha256) ? error_set(error, path, 0, 0, EVIDENCE_DAMAGED) : 0;
}

static int read_captures(struct scene *scene, const char *folder, struct error *error)
{
	for (size_t i = 0; i < scene->view_count; i++) {
		_cleanup_text_ struct text path = {0};
		FILE *stream;

		text_printf(&path, "%s/%s", folder, scene->evidence.captures[i].file);
		if (require_file(text_string(&path), error))
			return -1;
		stream = fopen(text_string(&path), "re");
		if (!stream)
			return error_set(error, text_string(&path), 0, 0, "cannot be read: %s; run `windsock check` again",
			                 strerror(errno));
		if (require_whole(&scene->evidence.captures[i], stream, text_string(&path), error)) {
			(void)fclose(stream); /* only read from */
			return -1;
		}
		if (scene_read(scene, i, stream, text_string(&path), error)) {
			size_t length = strlen(error->text);

			snprintf(error->text + length, sizeof error->text - length, "; run `windsock check` again");
			return -1;
		}
	}
	return 0;
}

/* What the student wrote for this case. A prediction that he did not make is not there. */
static int read_student(struct scene *scene, const char *folder, struct error *error)
{
	_cleanup_free_ char *path = file_path(folder, CHECK_STUDENT_TRACE, "");
	_cleanup_text_ struct text source = {0};
	size_t length;

	if (scene->lesson_case->student_trace_kind == STUDENT_TRACE_NONE)
		return 0;
	if (require_file(path, error))
		return -1;
	if (access(path, F_OK))
		return !student_trace_judged(scene->lesson_case) ? 0 :
		       error_set(error, path, 0, 0, "cannot be read: %s; run `windsock check` again", strerror(errno));
	if (file_read(path, STUDENT_TRACE_MAX + SEAL_MAX, &source, error))
		return -1;
	if (seal_test(&check_trace_seal, text_string(&source), source.length, &length) != SEAL_WHOLE)
		return error_set(error, path, 0, 0, EVIDENCE_DAMAGED);
	source.data[length] = '\0';
	scene_take_student(scene, text_string(&source), length);
	return 0;
}

int check_read_verdict(const struct course_lesson *lesson, const char *folder, struct scene *scene,
                       struct verdict *verdict, struct error *error)
{
	return check_read_predicted(lesson, folder, NULL, scene, verdict, error);
}

int check_read_predicted(const struct course_lesson *lesson, const char *folder, const struct text *prediction,
                         struct scene *scene, struct verdict *verdict, struct error *error)
{
	struct evidence evidence;
	int i;

	if (read_record(folder, &evidence, error))
		return -1;
	i = lesson_case(&lesson->lesson, evidence.case_name);
	if (strcmp(evidence.lesson, lesson->lesson.name) || i < 0) {
		error_set(error, folder, 0, 0, "this is a run of %s, %s, which %s does not have; run `windsock check` again",
		          evidence.lesson, evidence.case_name, lesson->lesson.name);
		evidence_free(&evidence);
		return -1;
	}
	scene_open(scene, &lesson->lesson, &lesson->lesson.cases[i], &lesson->traces[i], &evidence);
	if (prediction)
		scene_take_student(scene, text_string(prediction), prediction->length);
	if ((!prediction && read_student(scene, folder, error)) || read_captures(scene, folder, error) ||
	    verdict_make(scene, verdict, error)) {
		scene_close(scene);
		return -1;
	}
	return 0;
}
