# Not a test: `make bench` times the command beside others and prints one table.
EXTRA_PROGRAMS += tests/bench/digest tests/bench/floor tests/bench/pairs
CLEANFILES += tests/bench/digest tests/bench/floor tests/bench/pairs
tests_bench_digest_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS)
tests_bench_digest_LDADD = src/libcvmdom-attest.la src/libcvmdom.la $(CRYPTO_LIBS)
tests_bench_floor_LDADD = $(CORE_LIBS)
tests_bench_pairs_LDADD =
EXTRA_DIST += tests/bench/generate tests/bench/guest.yaml tests/bench/run tests/bench/times.h
EXTRA_DIST += docs/performance.md
.PHONY: bench
bench: all tests/bench/digest$(EXEEXT) tests/bench/floor$(EXEEXT) tests/bench/pairs$(EXEEXT)
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) $(srcdir)/tests/bench/run
