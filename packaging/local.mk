# What is handed out: the students' copy, and a Debian package. The checks take minutes, so make check has none of them.
EXTRA_DIST += \
	%D%/check-student-dist.sh \
	%D%/leaks.py \
	%D%/strip.sh \
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

# A Debian package, of a fresh copy of the tree; needs debhelper, which nothing else does.
DEBIAN_FILES = changelog control copyright rules source/format windsock.doc-base
EXTRA_DIST += %D%/check-deb.sh $(DEBIAN_FILES:%=debian/%)

deb: distdir
	@command -v dh >/dev/null || { echo "make deb needs debhelper: apt-get install build-essential debhelper" >&2; exit 1; }
	@grep -q '^windsock ($(VERSION)) ' $(srcdir)/debian/changelog || \
		{ echo "make deb: debian/changelog does not begin with version $(VERSION)" >&2; exit 1; }
	@rm -rf deb && mkdir deb && mv $(distdir) deb/windsock-$(VERSION) && chmod -R u+w deb
	@echo "  DEB      windsock_$(VERSION)" && ( cd deb/windsock-$(VERSION) && \
		DEB_BUILD_OPTIONS="noautodbgsym parallel=2 $$DEB_BUILD_OPTIONS" dpkg-buildpackage -us -uc -b >../build.log 2>&1 ) || \
		{ tail -n 40 deb/build.log; exit 1; }
	@mv deb/windsock_$(VERSION)*.deb . && rm -rf deb && ls windsock_$(VERSION)*.deb

# lintian, then an installation on a clean Debian, where an ordinary user runs windsock demo; needs root and a mirror.
check-deb: deb
	$(srcdir)/packaging/check-deb.sh windsock_$(VERSION)*.deb

.PHONY: deb check-deb
