/* check.c - see check.h.
 *
 * Theory of operation: every case gets a process (run.c), which builds its lab and
 * starts its captures while the compiler is still at work here. When all programs
 * are there each process is told to go; when it has ended its folder is read and
 * judged. A check may also be made ready up to its labs and wait there for its
 * word (check_prepare()), for an hour if need be. A killed capture takes some 20 ms to let go of its socket; it can do nothing
 * any more, and nobody waits for it. */
#include "check_parts.h"

#include "cleanup.h"
#include "files.h"
#include "pace.h"
#include "walls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* ---- who runs what ---- */

static const struct check_with *find_with(const struct check_options *options, const char *host, const char *program)
{
	for (size_t i = 0; i < options->with_count; i++)
		if (!strcmp(options->with[i].part, host) || (program && !strcmp(options->with[i].part, program)))
			return &options->with[i];
	return NULL;
}

static void check_parts(const struct check_options *options)
{
	const struct lesson *lesson = &options->lesson->lesson;

	for (size_t i = 0; i < options->with_count; i++) {
		_cleanup_text_ struct text parts = {0};
		int named = lesson_host(lesson, options->with[i].part);

		if ((named >= 0 && lesson->hosts[named].kind == HOST_END) ||
		    lesson_program(lesson, options->with[i].part) >= 0)
			continue;
		for (size_t host = 0; host < lesson->host_count; host++)
			if (lesson->hosts[host].kind == HOST_END)
				text_printf(&parts, "%s%s", parts.length ? ", " : "", lesson->hosts[host].name);
		for (size_t program = 0; program < lesson->program_count; program++)
			text_printf(&parts, ", %s", lesson->programs[program].name);
		die("--with %s=...: %s has no part \"%s\". Its parts: %s", options->with[i].part, lesson->name,
		    options->with[i].part, text_string(&parts));
	}
}

static void fill_arguments(struct check *check, struct run_program *program, const struct step *step,
                           const char *const *front, size_t front_count)
{
	program->command = mem_alloc((front_count + step->argument_count + 1) * sizeof *program->command);
	for (size_t i = 0; i < front_count; i++)
		program->command[i] = mem_string(front[i]);
	for (size_t i = 0; i < step->argument_count; i++) {
		struct text argument = {0};
		struct error error;

		if (params_expand(&check->params, step->arguments[i], &argument, &error))
			die("%s:%d: %s", check->options->lesson->lesson.file, step->line, error.text);
		text_add(&argument, "");
		program->command[front_count + i] = mem_string(text_string(&argument));
		text_free(&argument);
	}
}

/* A command of the machine that is not there: the case cannot run. */
static void skip_job(struct job *job, const struct program *program)
{
	struct error error;

	if (job->result == RUN_UNSUPPORTED)
		return;
	job->result = RUN_UNSUPPORTED;
	wall_say(WALL_COMMAND_MISSING, NULL, program->source, &error);
	text_add(&job->trouble, error.text);
}

/* The lesson's own, compiled once for a whole class. */
static bool is_there(const struct check *check, const struct program *program)
{
	return check->options->given_folder && program->origin == PROGRAM_GIVEN;
}

/* What a step runs: --with, or the lesson's program, or nothing (the harness plays). */
static void cast_step(struct check *check, struct job *job, const struct step *step, struct run_program *program)
{
	const struct lesson *lesson = &check->options->lesson->lesson;
	bool runs = step->kind == STEP_RUN;
	const struct check_with *with;
	size_t count = 0;

	if (step->kind != STEP_RUN && step->kind != STEP_PLAY)
		return;
	with = find_with(check->options, lesson->hosts[step->host].name, runs ? lesson->programs[step->program].name : NULL);
	if (with) {
		while (with->command[count])
			count++;
		fill_arguments(check, program, step, (const char *const *)with->command, count);
		program->name = path_name(with->command[0]);
		program->student = true;
		program->own_words = count;
	} else if (runs) {
		const char *path = check->builds[step->program].program;

		if (!path)
			return skip_job(job, &lesson->programs[step->program]);
		check->needed[step->program] = lesson->programs[step->program].origin != PROGRAM_SYSTEM &&
		                               !is_there(check, &lesson->programs[step->program]);
		fill_arguments(check, program, step, &path, 1);
		program->name = lesson->programs[step->program].name;
		program->own_words = lesson->programs[step->program].origin == PROGRAM_SYSTEM;
		program->student = lesson->programs[step->program].origin == PROGRAM_STUDENT;
	}
}

/* The paths that programs will have, before they are compiled; NULL for a command that is not there. */
static void name_programs(struct check *check)
{
	const struct lesson *lesson = &check->options->lesson->lesson;

	check->builds = mem_alloc(lesson->program_count * sizeof *check->builds);
	check->needed = mem_alloc(lesson->program_count * sizeof *check->needed);
	for (size_t i = 0; i < lesson->program_count; i++)
		check->builds[i].program = lesson->programs[i].origin == PROGRAM_SYSTEM ?
		                           file_find_command(lesson->programs[i].source) :
		                           file_path(is_there(check, &lesson->programs[i]) ?
		                                     check->options->given_folder : check->build_folder,
		                                     lesson->programs[i].name, "");
}

static void cast_jobs(struct check *check)
{
	const struct lesson *lesson = &check->options->lesson->lesson;
	int only = check->options->only ? lesson_case(lesson, check->options->only) : -1;

	if (check->options->only && only < 0) {
		_cleanup_text_ struct text names = {0};

		for (size_t i = 0; i < lesson->case_count; i++)
			text_printf(&names, "%s%s", i ? ", " : "", lesson->cases[i].name);
		die("%s has no case \"%s\". It has: %s", lesson->name, check->options->only, text_string(&names));
	}
	check->jobs = mem_alloc(lesson->case_count * sizeof *check->jobs);
	for (size_t i = 0; i < lesson->case_count; i++) {
		const struct lesson_case *lesson_case = &lesson->cases[i];
		struct job *job = &check->jobs[check->job_count];

		if (only >= 0 && (size_t)only != i)
			continue;
		check->job_count++;
		*job = (struct job){.index = i, .pid = -1, .go_fd = -1, .done_fd = -1, .error_fd = -1};
		job->programs = mem_alloc(lesson_case->step_count * sizeof *job->programs);
		for (size_t step = 0; step < lesson_case->step_count; step++)
			cast_step(check, job, &lesson_case->steps[step], &job->programs[step]);
	}
}

/* ---- the runs ---- */

static void make_folder(struct check *check, struct job *job)
{
	const char *name = check->options->lesson->lesson.cases[job->index].name;
	struct error error;

	job->folder = workspace_path(check->options->workspace, "last", name, &error);
	if (!job->folder)
		die_error(&error);
}

/* Not before the word to go: until then the folders have the last check's evidence, which may be asked for. */
static void empty_folders(struct check *check)
{
	struct error error;

	for (size_t i = 0; i < check->job_count; i++)
		if (folder_empty(check->jobs[i].folder, &error))
			die_error(&error);
}

static _Noreturn void end_unstarted(void)
{
	struct error error;

	wall_met(DOOR_NAMESPACE, "start a run", errno, &error);
	die_error(&error);
}

static _Noreturn void become_run(struct check *check, struct job *job, int go_fd, int done_fd, int error_fd)
{
	const struct course_lesson *lesson = check->options->lesson;
	struct run_request request = {
		.lesson = &lesson->lesson,
		.lesson_case = &lesson->lesson.cases[job->index],
		.trace = &lesson->traces[job->index],
		.params = &check->params,
		.seed = check->options->seed,
		.programs = job->programs,
		.evidence_folder = job->folder,
		.working_folder = check->options->workspace->folder,
		.capture = check->options->capture,
		.calls = !check->options->no_calls,
		.go_fd = go_fd,
		.done_fd = done_fd,
	};
	struct error error = {0};
	enum run_result result = run_case(&request, &error);

	if (result != RUN_RECORDED && result != RUN_GIVEN_UP) {
		const char *text = error_string(&error);

		(void)!write(error_fd, text, strlen(text)); /* the exit status tells the rest */
	}
	_exit((int)result);
}

static void start_run(struct check *check, struct job *job)
{
	int go[2], done[2], errors[2];

	make_folder(check, job);
	if (job->result == RUN_UNSUPPORTED)
		return; /* without a process: every descriptor stays -1 */
	if (pipe2(go, O_CLOEXEC) || pipe2(done, O_CLOEXEC) || pipe2(errors, O_CLOEXEC))
		end_unstarted();
	fflush(stdout);
	job->pid = fork();
	if (job->pid < 0)
		end_unstarted();
	if (!job->pid) {
		(void)close(go[1]); /* so that our end's closing is seen */
		for (struct job *other = check->jobs; other < job; other++)
			(void)close(other->go_fd); /* likewise the others' */
		become_run(check, job, go[0], done[1], errors[1]);
	}
	(void)close(go[0]);
	(void)close(done[1]);
	(void)close(errors[1]);
	job->go_fd = go[1];
	job->done_fd = done[0];
	job->error_fd = errors[0];
}

/* A run that is gone already says why itself; it must not take us along. */
static void give_word(struct job *job)
{
	if (pipe_put(job->go_fd, "w", 1) && errno != EPIPE) {
		text_printf(&job->trouble, "the run cannot be told to go on: %s", strerror(errno));
		(void)close(job->go_fd); /* which tells it to give up */
		job->go_fd = -1;
	}
}

/* The word to go, or none. */
static void release_run(struct job *job, bool go)
{
	if (job->pid < 0)
		return;
	if (go) {
		give_word(job);
		return;
	}
	(void)close(job->go_fd); /* nothing was written to it */
	job->go_fd = -1;
}

/* No evidence is written while a program of any case is alive: it could be forged. */
static void release_evidence(struct check *check)
{
	char byte;

	for (size_t i = 0; i < check->job_count; i++)
		while (read(check->jobs[i].done_fd, &byte, 1) < 0 && errno == EINTR)
			;
	for (size_t i = 0; i < check->job_count; i++)
		if (check->jobs[i].go_fd >= 0)
			give_word(&check->jobs[i]);
}

static void finish_run(struct job *job)
{
	char buffer[1024];
	ssize_t got;
	int status;

	if (job->pid < 0)
		return;
	while ((got = read(job->error_fd, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR))
		if (got > 0)
			text_add_bytes(&job->trouble, buffer, (size_t)got);
	while (waitpid(job->pid, &status, 0) < 0)
		if (errno != EINTR)
			die("a run is lost: %s", strerror(errno));
	job->result = WIFEXITED(status) ? (enum run_result)WEXITSTATUS(status) : RUN_FAILED;
	if (!WIFEXITED(status))
		text_printf(&job->trouble, "the process of the run was ended: %s", strsignal(WTERMSIG(status)));
	else if (job->result > RUN_FAILED)
		job->result = RUN_FAILED;
	(void)close(job->error_fd); /* only read from */
	(void)close(job->done_fd);
	if (job->go_fd >= 0)
		(void)close(job->go_fd);
	job->pid = job->error_fd = job->done_fd = job->go_fd = -1;
}

static void start_runs(struct check *check)
{
	for (size_t i = 0; i < check->job_count; i++)
		start_run(check, &check->jobs[i]);
	check->started = true;
}

/* ---- the programs ---- */

static char *source_of(const struct check *check, size_t i)
{
	const struct program *program = &check->options->lesson->lesson.programs[i];
	const char *folder = program->origin == PROGRAM_STUDENT ? check->options->workspace->folder :
	                     check->options->lesson->folder;

	return file_path(folder, program->source, "");
}

/* For the student's programs: the lesson's own are compiled once. */
static void prepare_builds(struct check *check)
{
	const struct lesson *lesson = &check->options->lesson->lesson;

	for (size_t i = 0; i < lesson->program_count; i++) {
		_cleanup_free_ char *source = source_of(check, i);

		if (!check->needed[i] || lesson->programs[i].origin != PROGRAM_STUDENT)
			continue;
		build_free(&check->builds[i]);
		build_prepare(&check->builds[i], source, check->build_folder, lesson->programs[i].name);
	}
}

/* What was not the student's fault: the machine's, or ours. */
static _Noreturn void end_by(const struct error *error)
{
	if (error->machine)
		check_end_skipped(error_string(error));
	die_error(error);
}

/* A program of the student's that is no file. */
static _Noreturn void refuse_source(const struct check *check, const char *name, const char *path)
{
	_cleanup_free_ char *mark = file_path(check->options->workspace->state, "lesson", "");
	struct stat status;

	if (!lstat(path, &status))
		die("%s is %s: move it away, and put your program there", path,
		    S_ISDIR(status.st_mode) ? "a folder" : S_ISLNK(status.st_mode) ? "a link that leads to no file" : "not a file");
	if (is_file(mark))
		die("%s is not there. `windsock reset %s` brings it back as it came", path, name);
	die("%s is not there. `windsock start %s` makes a folder with everything that you need", path,
	    check->options->lesson->lesson.name);
}

static void start_builds(struct check *check)
{
	const struct lesson *lesson = &check->options->lesson->lesson;

	for (size_t i = 0; i < lesson->program_count; i++) {
		bool student = lesson->programs[i].origin == PROGRAM_STUDENT;
		_cleanup_free_ char *source = source_of(check, i);
		struct error error;

		if (!check->needed[i])
			continue;
		if (!check->builds[i].ready)
			build_free(&check->builds[i]);
		if (build_start(&check->builds[i], source, check->build_folder, lesson->programs[i].name, &error)) {
			if (student && !is_file(source))
				refuse_source(check, lesson->programs[i].source, source);
			end_by(&error);
		}
	}
}

/* Whether all compiled; what the compiler said is shown. */
static bool finish_builds(struct check *check)
{
	const struct lesson *lesson = &check->options->lesson->lesson;
	bool good = true;

	for (size_t i = 0; i < lesson->program_count; i++) {
		struct build *build = &check->builds[i];
		struct error error;

		if (!check->needed[i])
			continue;
		if (build_finish(build, &error))
			end_by(&error);
		if (build->messages.length)
			check_tell_compiler(check, text_string(&build->messages));
		if (build->failed) {
			check_tell(check, "%s does not compile, so there is nothing to run yet. The first error above is the one to "
			       "mend first: it often causes the others.\n", lesson->programs[i].source);
			good = false;
		}
	}
	return good;
}

void check_free(struct check *check)
{
	const struct lesson *lesson = &check->options->lesson->lesson;

	if (check->turn_fd >= 0)
		(void)close(check->turn_fd); /* which lets the lock go */
	for (size_t i = 0; i < lesson->program_count; i++)
		build_free(&check->builds[i]);
	for (size_t i = 0; i < check->job_count; i++) {
		struct job *job = &check->jobs[i];

		for (size_t step = 0; step < lesson->cases[job->index].step_count; step++) {
			for (char **argument = job->programs[step].command; argument && *argument; argument++)
				free(*argument);
			free(job->programs[step].command);
		}
		free(job->programs);
		free(job->folder);
		text_free(&job->trouble);
		text_free(&job->student);
		text_free(&job->picture_error);
	}
	free(check->jobs);
	free(check->builds);
	free(check->needed);
	free(check->build_folder);
	params_free(&check->params);
	progress_free(&check->facts);
}

/* Two checks of one workspace take turns: one empties the folders and replaces the programs that the other has just made.
 * The lock ends with the last process that has it. Where the file system has no locks we go on without. */
static void await_turn(struct check *check)
{
	check->turn_fd = open(check->build_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (check->turn_fd < 0 || !flock(check->turn_fd, LOCK_EX | LOCK_NB) || errno != EWOULDBLOCK)
		return;
	fprintf(stderr, "windsock: another check is at work in %s; this one waits for its end.\n",
	        check->options->workspace->folder);
	while (flock(check->turn_fd, LOCK_EX) && errno == EINTR)
		;
}

static void make_build_folder(struct check *check)
{
	struct error error;

	check->build_folder = workspace_path(check->options->workspace, "build", NULL, &error);
	if (!check->build_folder)
		die_error(&error);
	/* Root's programs run as nobody, who must find them there whatever the umask. */
	if (chmod(check->build_folder, 0755))
		die("%s: %s", check->build_folder, strerror(errno));
}

void check_open(struct check *check)
{
	const struct check_options *options = check->options;

	check->turn_fd = -1;
	check_parts(options);
	lesson_params(&options->lesson->lesson, options->seed[0] ? options->seed : NULL, &check->params);
	make_build_folder(check);
	name_programs(check);
	cast_jobs(check);
	(void)pace_known(); /* every sandbox asks for it, and has it from here */
}

bool check_run(struct check *check)
{
	bool built, readable;

	await_turn(check);
	readable = check_read_traces(check);
	readable = check_read_rules(check) && readable; /* both are told */
	start_builds(check);
	if (!check->started)
		start_runs(check);
	empty_folders(check);
	built = finish_builds(check) && readable;
	for (size_t i = 0; i < check->job_count; i++)
		release_run(&check->jobs[i], built);
	if (built)
		release_evidence(check);
	for (size_t i = 0; i < check->job_count; i++)
		finish_run(&check->jobs[i]);
	return built;
}

/* ---- a check that is ready and waits ---- */

/* The student's rules are loaded as the lab is built, so there it is built when he has saved them. */
static bool can_wait(const struct lesson *lesson)
{
	return !lesson->rules_count;
}

struct check *check_prepare(const struct check_options *options)
{
	struct check *check = mem_alloc(sizeof *check);

	check->options = options;
	check_open(check);
	if (can_wait(&options->lesson->lesson))
		start_runs(check);
	prepare_builds(check);
	return check;
}

/* A run that ends before its time: one that this machine lacks something for has said so; any other was lost. */
static bool is_lost(struct job *job, const struct pollfd *poller)
{
	if (!poller->revents || job->pid < 0)
		return false;
	finish_run(job);
	return job->result != RUN_UNSUPPORTED;
}

enum check_word check_await(struct check *check, int word_fd)
{
	size_t count = check->job_count;
	_cleanup_free_ struct pollfd *pollers = mem_alloc((count + 1) * sizeof *pollers);

	for (;;) {
		char byte;
		bool lost = false;

		for (size_t i = 0; i < count; i++)
			pollers[i] = (struct pollfd){.fd = check->jobs[i].done_fd}; /* its end; -1 is passed over */
		pollers[count] = (struct pollfd){.fd = word_fd, .events = POLLIN};
		if (poll(pollers, count + 1, -1) < 0 && errno != EINTR)
			die("cannot wait for the word to check: %s", strerror(errno));
		for (size_t i = 0; i < count; i++)
			lost |= is_lost(&check->jobs[i], &pollers[i]);
		if (lost)
			return CHECK_LOST;
		if (pollers[count].revents)
			return read(word_fd, &byte, 1) == 1 ? CHECK_GO : CHECK_GIVEN_UP;
	}
}
