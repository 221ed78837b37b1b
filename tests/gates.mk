# The suite once more, below tools that see what a run alone does not. Variables of lists (unit_tests …) are from beside.

# Configured once more in folders of their own: a source tree that was itself configured cannot have others.
SUBBUILD_FLAGS = --quiet --enable-werror
check-sanitizers:
	@test ! -f $(srcdir)/config.status || { echo 'configure in a folder of its own (./autogen.sh check does) for this target'; exit 1; }
	$(MKDIR_P) sanitizers
	cd sanitizers && { test -f Makefile || $(abs_srcdir)/configure $(SUBBUILD_FLAGS) --enable-sanitizers CC='$(CC)'; }
	cd sanitizers && $(MAKE) $(AM_MAKEFLAGS) check

# CK_FORK=no: Valgrind would count what the children of a failed test leave behind.
VALGRIND = valgrind
VALGRIND_RUN = $(LIBTOOL) --quiet --mode=execute $(VALGRIND) --quiet --error-exitcode=99 \
    --leak-check=full --errors-for-leak-kinds=definite
# Thousands of damaged inputs below Valgrind would take half an hour: those are the sanitizers'.
valgrind_too_long = tests/unit/test_attestation_chain tests/unit/test_chain tests/unit/test_explain tests/unit/test_id_key tests/unit/test_session tests/unit/test_threads
valgrind_tests = $(filter-out $(valgrind_too_long),$(unit_tests) $(attest_unit_tests) $(place_unit_tests))
check-valgrind: all $(check_PROGRAMS)
	@export CK_FORK=no CK_DEFAULT_TIMEOUT=600 G_SLICE=always-malloc LC_ALL=C.UTF-8 srcdir='$(abs_top_srcdir)' \
	    CVMDOM='$(abs_top_builddir)/src/cvmdom' CVMDOM_DATA_DIR='$(abs_top_srcdir)/profiles'; \
	$(srcdir)/tests/valgrind-files.sh '$(abs_builddir)/valgrind.files' || exit 1; \
	sed -e 's|%SRCDIR%|$(abs_srcdir)|g' -e 's|%WORK%|$(abs_builddir)/valgrind.files|g' $(srcdir)/tests/valgrind.txt >valgrind.commands; failed=0; \
	for program in $(valgrind_tests); do \
	    echo "valgrind $$program"; status=0; $(VALGRIND_RUN) $$program >/dev/null || status=$$?; \
	    case $$status in 0) ;; 77) echo "SKIP: $$program" ;; *) echo "FAIL: $$program"; failed=1 ;; esac; \
	done; \
	while read -r expected arguments; do \
	    echo "valgrind cvmdom $$arguments"; status=0; \
	    $(VALGRIND_RUN) src/cvmdom $$arguments >/dev/null 2>valgrind.log </dev/null || status=$$?; \
	    test $$status = $$expected || { cat valgrind.log; echo "FAIL: exit status $$status, not $$expected"; failed=1; }; \
	done <valgrind.commands; \
	exit $$failed
EXTRA_DIST += tests/valgrind.txt tests/valgrind-files.sh
CLEANFILES += valgrind.log valgrind.commands
.PHONY: check-sanitizers check-valgrind
