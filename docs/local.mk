dist_doc_DATA = \
	%D%/add-a-lesson.md \
	%D%/architecture.md \
	%D%/class-page.md \
	%D%/commands.md \
	%D%/curriculum.md \
	%D%/diagnoses.md \
	%D%/engines.md \
	%D%/figures.md %D%/glossary.md \
	%D%/grading.md \
	%D%/install.md \
	%D%/instructor-guide.md \
	%D%/isolation.md \
	%D%/lesson-format.md \
	%D%/portability.md \
	%D%/results.md \
	%D%/scale.md \
	%D%/student-guide.md \
	%D%/trace-language.md \
	%D%/walls.md \
	%D%/watch.md
platformsdir = $(docdir)/platforms
dist_platforms_DATA = \
	%D%/platforms/autolab.md \
	%D%/platforms/check50.md \
	%D%/platforms/ci.md \
	%D%/platforms/containers.md \
	%D%/platforms/exercism.md \
	%D%/platforms/github-actions.md \
	%D%/platforms/github-classroom.md \
	%D%/platforms/gradescope.md \
	%D%/platforms/htcondor.md \
	%D%/platforms/kubernetes.md \
	%D%/platforms/prairielearn.md \
	%D%/platforms/spreadsheet.md \
	%D%/platforms/tango.md

# ---- what `make bench BENCH_ARGUMENTS="--out docs/figures"` drew ----

figuresdir = $(docdir)/figures
dist_figures_DATA = \
	%D%/figures/calls.svg \
	%D%/figures/capture.svg \
	%D%/figures/case.svg \
	%D%/figures/class.svg \
	%D%/figures/hosts.svg \
	%D%/figures/items.svg \
	%D%/figures/read.svg \
	%D%/figures/records-memory.svg \
	%D%/figures/records.svg \
	%D%/figures/watch.svg \
	%D%/figures/workers.svg
EXTRA_DIST += %D%/figures/bench.json

# ---- the book: make html, make install-html ----

EXTRA_DIST += %D%/book/book.py %D%/book/markup.py %D%/book/search.js %D%/book/style.css

html-local:
	@echo "  HTML     html/index.html" && $(PYTHON3) $(srcdir)/docs/book/book.py $(srcdir) html

install-html-local: html-local
	$(MKDIR_P) "$(DESTDIR)$(htmldir)/html"
	cd html && find . -type d -exec $(MKDIR_P) "$(DESTDIR)$(htmldir)/html/{}" \;
	cd html && find . -type f -exec $(INSTALL_DATA) {} "$(DESTDIR)$(htmldir)/html/{}" \;

uninstall-local:
	-rm -rf "$(DESTDIR)$(htmldir)/html"

mostlyclean-local:
	-rm -rf html

.PHONY: html-local install-html-local

# Manual pages: frames by hand, what docs/ says taken from there.
MAN_PAGES = docs/man/windsock.1 docs/man/windsock-lesson.5 docs/man/windsock-trace.5
man_MANS = $(MAN_PAGES)
CLEANFILES += $(MAN_PAGES)
EXTRA_DIST += %D%/man/mdoc.awk %D%/man/windsock.1.in %D%/man/windsock-lesson.5.in %D%/man/windsock-trace.5.in
docs/man/windsock.1: %D%/man/windsock.1.in %D%/commands.md
docs/man/windsock-lesson.5: %D%/man/windsock-lesson.5.in %D%/lesson-format.md
docs/man/windsock-trace.5: %D%/man/windsock-trace.5.in %D%/trace-language.md
$(MAN_PAGES): %D%/man/mdoc.awk
	$(AM_V_GEN)$(MKDIR_P) docs/man && \
		$(AWK) -f $(srcdir)/%D%/man/mdoc.awk -v top=$(srcdir) $(srcdir)/$@.in >$@.new && mv $@.new $@

# What shells complete.
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = %D%/completion/windsock
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = %D%/completion/_windsock
