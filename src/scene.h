/* scene.h - a run as its evidence shows it: everything that a verdict is made from. */
#ifndef WINDSOCK_SCENE_H
#define WINDSOCK_SCENE_H

#include "evidence.h"
#include "hosts.h"
#include "lesson.h"
#include "match.h"

#include <stdio.h>

struct scene {
	const struct lesson *lesson;           /* borrowed */
	const struct lesson_case *lesson_case; /* borrowed */
	const struct trace *trace;             /* what is expected: borrowed, or &student where that is judged */
	struct trace student;                  /* what the student wrote; owned; file is NULL: nothing */
	struct error student_error;            /* what is wrong with it, or no text */
	struct evidence evidence;              /* owned */
	struct hosts hosts;
	struct reducer **reducers; /* one a capture, NULL until that is read; owned */
	struct view *views;        /* the same, as the matcher wants them */
	size_t view_count;
	unsigned looks; /* VIEW_ bits: what some trace asks for beyond messages */
	bool counts; /* the trace has an `up` or a `down`, so packets are counted */
};

/* EVIDENCE becomes the scene's own. */
void scene_open(struct scene *scene, const struct lesson *lesson, const struct lesson_case *lesson_case,
                const struct trace *trace, struct evidence *evidence);
/* The student's trace, parsed from SOURCE, before any capture is read; it is what is expected where the case judges it. What is wrong with it
 * is no failure: student_error says it. */
void scene_take_student(struct scene *scene, const char *source, size_t length);
/* Reads capture number I from STREAM, which it then owns. FILE names it in messages. -1: *error. */
int scene_read(struct scene *scene, size_t i, FILE *stream, const char *file, struct error *error);
void scene_close(struct scene *scene);

/* The tunnel that VIEW looks into; NULL: none. */
const struct tunnel *scene_tunnel(const struct scene *scene, const struct view *view);

/* The host's name, or its address as text (valid until the call after next). */
const char *scene_name(const struct scene *scene, const struct address *address);
/* The student's program on HOST (the last one started), or NULL. */
const struct evidence_program *scene_student(const struct scene *scene, const char *host);
/* The socket table of HOST as the run left it; *count is 0 when there is none. */
const struct sock_entry *scene_sockets(const struct scene *scene, const char *host, size_t *count);

#endif
