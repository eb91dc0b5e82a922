# The pure half: bytes in, verdict out. No fork, no clock, no socket.
noinst_LIBRARIES += libwindsock.a
libwindsock_a_SOURCES = \
	%D%/address.c \
	%D%/capture.c %D%/capture.h \
	%D%/capture_stream.c \
	%D%/diagnose.c %D%/diagnose.h \
	%D%/error.c %D%/error.h \
	%D%/evidence.c %D%/evidence.h \
	%D%/flow.c %D%/flow.h \
	%D%/ladder.c %D%/ladder.h \
	%D%/lesson.c %D%/lesson.h \
	%D%/lesson_parse.c \
	%D%/lexer.c %D%/lexer.h \
	%D%/match.c %D%/match.h \
	%D%/packet.c %D%/packet.h \
	%D%/params.c %D%/params.h \
	%D%/report.c %D%/report.h \
	%D%/script.c %D%/script.h \
	%D%/sockstate.h \
	%D%/text.c %D%/text.h \
	%D%/trace.c %D%/trace.h \
	%D%/trace_parse.c \
	%D%/trace_print.c \
	%D%/verdict.c %D%/verdict.h
