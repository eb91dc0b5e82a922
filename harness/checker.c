/* checker.c - see checker.h for the theory of operation. */
#include "checker.h"

#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What the process needs to know. */
struct post {
	struct check_options options;
	int word_fd, facts_fd; /* its ends */
	int other_word_fd;     /* ours, which it must close to see us close it */
};

static int work(void *argument)
{
	struct post *post = argument;
	struct check_summary summary = {0};
	enum exit_status status;
	static struct check *check; /* as long as the process: it ends where this returns */
	int width;

	(void)close(post->other_word_fd);
	check = check_prepare(&post->options);
	switch (check_await(check, post->word_fd)) {
	case CHECK_GO: break;
	case CHECK_GIVEN_UP: return EXIT_RIGHT;
	case CHECK_LOST: return CHECKER_LOST;
	}
	if (read(post->word_fd, &width, sizeof width) == (ssize_t)sizeof width)
		post->options.report.style.width = width;
	status = check_aloud(&post->options, check, &summary);
	(void)!write(post->facts_fd, &summary, sizeof summary); /* nobody there: nothing to tell */
	return (int)status;
}

static void close_pipe(const int *ends)
{
	(void)close(ends[0]); /* both unused */
	(void)close(ends[1]);
}

int checker_start(struct checker *checker, const struct check_options *options)
{
	int words[2], facts[2];
	struct post post = {.options = *options};

	*checker = CHECKER_NONE;
	if (pipe2(words, O_CLOEXEC))
		return -1;
	if (pipe2(facts, O_CLOEXEC | O_NONBLOCK)) { /* a summary always has room in it */
		close_pipe(words);
		return -1;
	}
	post.word_fd = words[0];
	post.other_word_fd = words[1];
	post.facts_fd = facts[1];
	if (aside_start(&checker->aside, work, &post)) {
		close_pipe(words);
		close_pipe(facts);
		return -1;
	}
	(void)close(words[0]);
	(void)close(facts[1]);
	checker->word_fd = words[1];
	checker->facts_fd = facts[0];
	return 0;
}

void checker_go(struct checker *checker, int width)
{
	char word[1 + sizeof width] = "g";

	memcpy(word + 1, &width, sizeof width);
	checker->at_work = true;
	checker->began_us = clock_us();
	(void)!write(checker->word_fd, word, sizeof word); /* SIGPIPE is ignored by who watches */
}

bool checker_read(struct checker *checker)
{
	struct check_summary facts;

	if (!aside_read(&checker->aside))
		return false;
	if (read(checker->facts_fd, &facts, sizeof facts) == (ssize_t)sizeof facts)
		checker->facts = facts;
	return true;
}

void checker_close(struct checker *checker)
{
	aside_close(&checker->aside);
	if (checker->word_fd >= 0)
		(void)close(checker->word_fd);
	if (checker->facts_fd >= 0)
		(void)close(checker->facts_fd);
	*checker = CHECKER_NONE;
}
