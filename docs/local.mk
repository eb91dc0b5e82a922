dist_doc_DATA = \
	%D%/architecture.md \
	%D%/diagnoses.md \
	%D%/lesson-format.md \
	%D%/trace-language.md
