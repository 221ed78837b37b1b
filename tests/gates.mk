# The suite once more, below tools that see what a run alone does not. Variables of lists (unit_tests …) are from beside.

# What runs nothing of ours, or nothing but what other tests run, needs no sanitizer.
unsanitized = $(style_tests) tests/boot.sh tests/completion.sh tests/exports.sh tests/fleet-html.sh tests/hardening.sh tests/header.sh \
    tests/instructions.sh tests/layers.sh tests/manual.sh tests/missing-libraries.sh tests/needed.sh tests/peer-validate.sh tests/pipelines.sh tests/progress.sh tests/virt-install.sh

# Configured once more in folders of their own: a source tree that was itself configured cannot have others.
SUBBUILD_FLAGS = --quiet --enable-werror
# Without static libraries each source is compiled once, not twice.
check-sanitizers:
	@test ! -f $(srcdir)/config.status || { echo 'configure in a folder of its own (./autogen.sh check does) for this target'; exit 1; }
	$(MKDIR_P) sanitizers
	cd sanitizers && { test -f Makefile || $(abs_srcdir)/configure $(SUBBUILD_FLAGS) --disable-static --enable-sanitizers CC='$(CC)'; }
	cd sanitizers && $(MAKE) $(AM_MAKEFLAGS) check TESTS='$(filter-out $(unsanitized),$(TESTS))'

# Thousands of damaged inputs below Valgrind would take half an hour: those are the sanitizers'.
VALGRIND = valgrind
valgrind_too_long = tests/unit/test_attestation_chain tests/unit/test_attestation_wrong tests/unit/test_chain tests/unit/test_compare tests/unit/test_explain \
    tests/unit/test_hostile tests/unit/test_id_key tests/unit/test_session tests/unit/test_threads tests/unit/test_threads_library tests/unit/test_topology
check-valgrind: all $(check_PROGRAMS)
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) VALGRIND='$(VALGRIND)' $(srcdir)/tests/valgrind.sh \
	    $(filter-out $(valgrind_too_long),$(unit_tests) $(attest_unit_tests) $(place_unit_tests))
EXTRA_DIST += tests/valgrind.sh tests/valgrind.txt tests/valgrind-files.sh
.PHONY: check-sanitizers check-valgrind

# distcheck with the unit tests alone. That nothing is missing from the archive is tests/archive.sh's to say.
check-archive:
	$(MAKE) $(AM_MAKEFLAGS) distcheck TESTS='$(unit_tests) $(attest_unit_tests) $(place_unit_tests)'
.PHONY: check-archive

# What the compiler and the linker were asked for is in the files that came out.
EXTRA_DIST += tests/hardening.sh
if HARDENING
TESTS += tests/hardening.sh
endif

# What 'lint' gives up before it reads: escape.so tries it from inside.
check_LTLIBRARIES += tests/tools/escape.la
tests_tools_escape_la_SOURCES = tests/tools/escape.c
tests_tools_escape_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
TESTS += tests/confine.sh
EXTRA_DIST += tests/confine.sh

# Hostile texts through every way in, and each byte that comes out.
TESTS += tests/escapes.sh
EXTRA_DIST += tests/escapes.sh tests/escapes.py

# The sources read by four analysers; ANALYZE='cppcheck gcc' names some of them.
ANALYZE =
.PHONY: check-analyze
check-analyze: $(BUILT_SOURCES)
	@srcdir='$(abs_srcdir)' builddir='$(abs_builddir)' ANALYZE='$(ANALYZE)' CFLAGS='-std=gnu11' \
	    CPPFLAGS='$(DEFS) -I. -I$(abs_srcdir)/src -I$(abs_srcdir)/src/include $(CORE_CFLAGS) $(CRYPTO_CFLAGS) $(LIBVIRT_CFLAGS) -DG_LOG_DOMAIN="cvmdom" -DLOCALEDIR="l" -DPKGDATADIR="p"' \
	    $(srcdir)/tests/analyze.sh
EXTRA_DIST += tests/analyze.sh tests/cppcheck.supp .clang-tidy src/cli/.clang-tidy

# Which lines of src the suite runs, in a build of its own: a table, and pages where gcovr is. COVERAGE_TESTS names other tests; their counts
# are added to those of the last time when there is a COVERAGE_MORE.
COVERAGE_TESTS = $(filter-out $(unsanitized),$(TESTS))
COVERAGE_MORE =
.PHONY: coverage
coverage:
	@test ! -f $(srcdir)/config.status || { echo 'configure in a folder of its own (./autogen.sh check does) for this target'; exit 1; }
	$(MKDIR_P) coverage
	cd coverage && { test -f Makefile || $(abs_srcdir)/configure $(SUBBUILD_FLAGS) --enable-coverage CC='$(CC)'; }
	test -n '$(COVERAGE_MORE)' || find coverage -name '*.gcda' -exec rm -f {} +
	cd coverage && { CK_TIMEOUT_MULTIPLIER=5 $(MAKE) $(AM_MAKEFLAGS) check TESTS='$(COVERAGE_TESTS)' || echo 'Tests failed; the lines that they ran are counted all the same.'; }
	@$(srcdir)/tests/coverage.py '$(abs_srcdir)' '$(abs_builddir)/coverage'
EXTRA_DIST += tests/coverage.py
