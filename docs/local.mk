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
