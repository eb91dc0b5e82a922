# What is handed out: the students' copy, and a Debian package. The checks take minutes, so make check has none of them.
EXTRA_DIST += \
	%D%/check-student-dist.sh \
	%D%/leaks.py \
	%D%/student-dist.sh \
	%D%/student/lessons.sh \
	%D%/student/local.mk

STUDENT_DIST = windsock-student-$(VERSION)

# The course without solutions and wrong programs.
student-dist: distdir
	@echo "  TAR      $(STUDENT_DIST).tar.xz" && $(srcdir)/packaging/student-dist.sh $(distdir) $(STUDENT_DIST)

check-student-dist:
	$(srcdir)/packaging/check-student-dist.sh $(MAKE) $(srcdir) $(STUDENT_DIST)

.PHONY: student-dist check-student-dist
