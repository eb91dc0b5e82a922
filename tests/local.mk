# The proof. Unit tests are programs, end-to-end tests scripts; both speak TAP.
EXTRA_DIST += tests/environment.sh

check_LIBRARIES += libsuite.a
libsuite_a_SOURCES = %D%/unit/suite.c %D%/unit/suite.h %D%/unit/wire.c %D%/unit/wire.h

UNIT_LIBS = libsuite.a libwindsock.a $(CUNIT_LIBS) $(PCAP_LIBS) $(JANSSON_LIBS)
UNIT_TESTS = \
	test_capture test_flow test_lesson test_packet test_params test_text test_trace
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
test_capture_SOURCES = %D%/unit/test_capture.c
test_capture_LDADD = $(UNIT_LIBS)
test_flow_SOURCES = %D%/unit/test_flow.c
test_flow_LDADD = $(UNIT_LIBS)
test_lesson_SOURCES = %D%/unit/test_lesson.c
test_lesson_LDADD = $(UNIT_LIBS)
test_packet_SOURCES = %D%/unit/test_packet.c
test_packet_LDADD = $(UNIT_LIBS)
test_params_SOURCES = %D%/unit/test_params.c
test_params_LDADD = $(UNIT_LIBS)
test_text_SOURCES = %D%/unit/test_text.c
test_text_LDADD = $(UNIT_LIBS)
test_trace_SOURCES = %D%/unit/test_trace.c
test_trace_LDADD = $(UNIT_LIBS)
