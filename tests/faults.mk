# What goes wrong around the command: full disks, signals, vanishing files, other commands at the same time.

# Lets a call of the command fail; -rpath makes libtool build a shared one.
check_LTLIBRARIES += tests/tools/fault.la
tests_tools_fault_la_SOURCES = tests/tools/fault.c
tests_tools_fault_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere

fault_tests = tests/faults.sh tests/faults-around.sh tests/faults-memory.sh tests/faults-reading.sh tests/two-writers.sh
TESTS += $(fault_tests)
EXTRA_DIST += $(fault_tests) tests/fault.sh tests/any.rng

# What a terminal shows of work that takes long.
check_LTLIBRARIES += tests/tools/slow_place.la
tests_tools_slow_place_la_SOURCES = tests/tools/slow_place.c
tests_tools_slow_place_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
TESTS += tests/progress.sh
EXTRA_DIST += tests/progress.sh

# Several threads at once, as ThreadSanitizer sees them.
# Where the kernel spreads addresses wider than ThreadSanitizer knows
# (vm.mmap_rnd_bits above 28) programs start without that. GLib's slices would hand memory from one thread to another unseen.
tsan_unit_tests = tests/unit/test_threads tests/unit/test_threads_library
tsan_tests = $(tsan_unit_tests) tests/lint-jobs.sh tests/lint-schema.sh tests/render-stream.sh
check-tsan:
	@test ! -f $(srcdir)/config.status || { echo 'configure in a folder of its own (./autogen.sh check does) for this target'; exit 1; }
	$(MKDIR_P) tsan
	cd tsan && { test -f Makefile || $(abs_srcdir)/configure $(SUBBUILD_FLAGS) --disable-static --enable-thread-sanitizer CC='$(CC)'; }
	cd tsan && $(MAKE) $(AM_MAKEFLAGS) all && $(MAKE) $(AM_MAKEFLAGS) $(tsan_unit_tests)
	cd tsan && fixed=`setarch -R true 2>/dev/null && echo setarch -R`; $$fixed $(MAKE) $(AM_MAKEFLAGS) check TESTS='$(tsan_tests)' check_PROGRAMS= check_LTLIBRARIES=
EXTRA_DIST += tests/tsan.supp
.PHONY: check-tsan
