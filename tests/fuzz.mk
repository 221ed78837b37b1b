# Not a test: `make fuzz` changes the files there are at random, ROUNDS times each, and reads them.
EXTRA_PROGRAMS += tests/fuzz/fuzz
tests_fuzz_fuzz_LDADD = src/libcvm-core.la
CLEANFILES += tests/fuzz/fuzz
ROUNDS = 300
SEED = 1
.PHONY: fuzz
fuzz: tests/fuzz/fuzz$(EXEEXT) tests/fuzz/attest$(EXEEXT)
	tests/fuzz/fuzz$(EXEEXT) documents $(ROUNDS) $(SEED) $(srcdir)/profiles/*.yaml $(srcdir)/profiles/base/*.yaml \
	    $(srcdir)/tests/cases/*/expected.xml $$(find $(srcdir)/tests/corpus $(srcdir)/tests/domains $(srcdir)/tests/profiles -name '*.xml' -o -name '*.yaml')
	tests/fuzz/fuzz$(EXEEXT) harden $(ROUNDS) $(SEED) $$(find $(srcdir)/tests/corpus $(srcdir)/tests/domains -name '*.xml')
	tests/fuzz/fuzz$(EXEEXT) host $(ROUNDS) $(SEED) $(srcdir)/profiles/hosts/*.xml
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) ROUNDS=$(ROUNDS) SEED=$(SEED) $(srcdir)/tests/fuzz.sh
