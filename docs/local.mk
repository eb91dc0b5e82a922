dist_doc_DATA = \
	%D%/trace-language.md \
	%D%/lesson-format.md
