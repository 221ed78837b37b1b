# Not a test: `make bench` times the command beside others and prints one table; `make bench ROWS="P1 P6" PAIRS=101` some rows of it, with more pairs.
bench_programs = tests/bench/digest tests/bench/events tests/bench/floor tests/bench/hostile tests/bench/pairs
EXTRA_PROGRAMS += $(bench_programs)
CLEANFILES += $(bench_programs)
tests_bench_digest_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS)
tests_bench_digest_LDADD = src/libcvmdom-attest.la src/libcvmdom.la $(CRYPTO_LIBS)
tests_bench_events_LDADD = $(CORE_LIBS)
tests_bench_floor_LDADD = $(CORE_LIBS)
tests_bench_hostile_LDADD = src/libcvmdom.la
tests_bench_pairs_LDADD =
EXTRA_DIST += tests/bench/domain.xml tests/bench/generate tests/bench/generate-profiles tests/bench/guest.yaml tests/bench/run tests/bench/times.h
EXTRA_DIST += docs/performance.md
.PHONY: bench
bench: all $(bench_programs)
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) $(srcdir)/tests/bench/run

# What needs no quiet machine is a test.
TESTS += tests/instructions.sh
EXTRA_DIST += tests/instructions.sh tests/instructions.txt
