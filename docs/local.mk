dist_doc_DATA = \
	%D%/architecture.md \
	%D%/class-page.md \
	%D%/commands.md \
	%D%/curriculum.md \
	%D%/diagnoses.md \
	%D%/grading.md \
	%D%/isolation.md \
	%D%/lesson-format.md \
	%D%/results.md \
	%D%/trace-language.md
platformsdir = $(docdir)/platforms
dist_platforms_DATA = \
	%D%/platforms/autolab.md \
	%D%/platforms/check50.md \
	%D%/platforms/ci.md \
	%D%/platforms/exercism.md \
	%D%/platforms/github-classroom.md \
	%D%/platforms/gradescope.md \
	%D%/platforms/prairielearn.md \
	%D%/platforms/spreadsheet.md

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
