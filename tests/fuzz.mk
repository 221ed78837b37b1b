# What is read, damaged: one table of targets (tests/fuzz/targets.c). As a test, all seeds and some changed ones; `make fuzz`
# runs the same functions under libFuzzer, MINUTES minutes each, in a build of its own (docs/fuzzing.md).
check_PROGRAMS += tests/fuzz/fuzz
fuzz_sources = \
    tests/fuzz/attest_chain.c \
    tests/fuzz/attest_firmware.c \
    tests/fuzz/attest_id.c \
    tests/fuzz/attest_report.c \
    tests/fuzz/attest_secret.c \
    tests/fuzz/documents.c \
    tests/fuzz/forms.c \
    tests/fuzz/fuzz.h \
    tests/fuzz/hosts.c \
    tests/fuzz/place.c \
    tests/fuzz/random.c \
    tests/fuzz/seeds.c \
    tests/fuzz/targets.c \
    tests/fuzz/texts.c \
    tests/fuzz/words.c \
    tests/fuzz/written.c
fuzz_cppflags = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS)
fuzz_ldadd = src/libcvm-attest.la src/libcvm-place.la src/libcvm-core.la $(CORE_LIBS) $(CRYPTO_LIBS) $(GLPK_LIBS)
tests_fuzz_fuzz_SOURCES = $(fuzz_sources) tests/fuzz/fuzz.c tests/fuzz/mutate.c
tests_fuzz_fuzz_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_LDADD = $(fuzz_ldadd)
TESTS += tests/fuzz.sh
EXTRA_DIST += tests/fuzz.sh tests/fuzz/kept tests/fuzz/run docs/fuzzing.md
CLEANFILES += tests/fuzz/*.input

# Only in the build that `make fuzz` configures, with a compiler that has libFuzzer.
EXTRA_PROGRAMS += tests/fuzz/libfuzzer
tests_fuzz_libfuzzer_SOURCES = $(fuzz_sources) tests/fuzz/libfuzzer.c
tests_fuzz_libfuzzer_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_libfuzzer_LDADD = $(fuzz_ldadd)
tests_fuzz_libfuzzer_LDFLAGS = -fsanitize=fuzzer
CLEANFILES += tests/fuzz/libfuzzer

MINUTES = 10
TARGETS =
FUZZ_CC = clang
.PHONY: fuzz
fuzz:
	@command -v $(firstword $(FUZZ_CC)) >/dev/null || { echo 'make fuzz needs clang (./autogen.sh tools installs it)' >&2; exit 1; }
	@echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' | \
	    $(FUZZ_CC) -x c -fsanitize=fuzzer,address,undefined -o fuzzing.probe - 2>/dev/null && rm -f fuzzing.probe || \
	    { echo '$(FUZZ_CC) has no libFuzzer: its run-time library is missing (libclang-rt-dev; ./autogen.sh tools installs it)' >&2; exit 1; }
	@test ! -f $(srcdir)/config.status || { echo 'configure in a folder of its own (./autogen.sh check does) for this target'; exit 1; }
	$(MKDIR_P) fuzzing
	cd fuzzing && { test -f Makefile || $(abs_srcdir)/configure $(SUBBUILD_FLAGS) --enable-sanitizers CC='$(FUZZ_CC)' CFLAGS='-g -O1 -fsanitize=fuzzer-no-link'; }
	cd fuzzing && $(MAKE) $(AM_MAKEFLAGS) tests/fuzz/fuzz$(EXEEXT) tests/fuzz/libfuzzer$(EXEEXT)
	srcdir='$(abs_srcdir)' MINUTES='$(MINUTES)' $(srcdir)/tests/fuzz/run fuzzing $(TARGETS)
