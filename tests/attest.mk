# Tests of attestation: libcvmdom-attest and the commands that load it.

# Unit tests: a line in the list, and below it the same name with what it is linked with, which is the library's insides, too.
if HAVE_CHECK
attest_unit_tests = \
    tests/unit/test_attestation_chain \
    tests/unit/test_attestation_explain \
    tests/unit/test_attestation_fields \
    tests/unit/test_attestation_report \
    tests/unit/test_attestation_wrong \
    tests/unit/test_chain \
    tests/unit/test_digest \
    tests/unit/test_digest_data \
    tests/unit/test_digest_data_pages \
    tests/unit/test_ecc \
    tests/unit/test_explain \
    tests/unit/test_id_block \
    tests/unit/test_id_check \
    tests/unit/test_id_key \
    tests/unit/test_keys \
    tests/unit/test_measurement \
    tests/unit/test_secret \
    tests/unit/test_session \
    tests/unit/test_session_data \
    tests/unit/test_threads \
    tests/unit/test_threads_library \
    tests/unit/test_wiped
check_PROGRAMS += $(attest_unit_tests)
TESTS += $(attest_unit_tests)
endif
attest_ldadd = src/libcvm-attest.la src/libcvm-core.la $(CRYPTO_LIBS) $(CHECK_LIBS)
tests_unit_test_attestation_chain_LDADD = $(attest_ldadd)
tests_unit_test_attestation_explain_LDADD = $(attest_ldadd)
tests_unit_test_attestation_fields_LDADD = $(attest_ldadd)
tests_unit_test_attestation_report_LDADD = $(attest_ldadd)
tests_unit_test_attestation_wrong_LDADD = $(attest_ldadd)
tests_unit_test_chain_LDADD = $(attest_ldadd)
tests_unit_test_digest_LDADD = $(attest_ldadd)
tests_unit_test_digest_data_LDADD = $(attest_ldadd)
tests_unit_test_digest_data_pages_LDADD = $(attest_ldadd)
tests_unit_test_ecc_LDADD = $(attest_ldadd)
tests_unit_test_explain_LDADD = $(attest_ldadd)
tests_unit_test_id_block_LDADD = $(attest_ldadd)
tests_unit_test_id_check_LDADD = $(attest_ldadd)
tests_unit_test_id_key_LDADD = $(attest_ldadd)
tests_unit_test_keys_LDADD = $(attest_ldadd)
tests_unit_test_measurement_LDADD = $(attest_ldadd)
tests_unit_test_secret_LDADD = $(attest_ldadd)
tests_unit_test_session_LDADD = $(attest_ldadd)
tests_unit_test_session_data_LDADD = $(attest_ldadd)
tests_unit_test_threads_LDADD = $(attest_ldadd)
tests_unit_test_threads_library_LDADD = $(attest_ldadd)
tests_unit_test_wiped_LDADD = $(attest_ldadd)
tests_unit_test_wiped_LDFLAGS = $(AM_LDFLAGS) $(BIND_NOW)
# Rule CVM809 is found by libcvmdom-attest.
tests_unit_test_rule_pages_LDADD = $(attest_ldadd)
EXTRA_DIST += \
    tests/unit/attestation_files.h \
    tests/unit/attestation_fixture.h \
    tests/unit/chain_fixture.h \
    tests/unit/digest_data.h \
    tests/unit/id_key_fixture.h \
    tests/unit/image_fixture.h \
    tests/unit/key_forms.h \
    tests/unit/memory_fixture.h \
    tests/unit/session_fixture.h \
    tests/unit/session_vectors.h

# Launch digests of a table, beside a calculation that shares no line with the library's.
check_PROGRAMS += tests/tools/print_digests
tests_tools_print_digests_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS)
tests_tools_print_digests_LDADD = src/libcvm-attest.la src/libcvm-core.la $(CRYPTO_LIBS) $(GLIB_LIBS)
EXTRA_DIST += tests/launch-digests.tsv tests/measure.py

# Attestation reports of a made-up platform.
check_PROGRAMS += tests/tools/make_report
tests_tools_make_report_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS)
tests_tools_make_report_LDADD = $(CRYPTO_LIBS) $(GLIB_LIBS)

# Looks through a command's memory when it ends; -rpath makes libtool build a shared one.
check_LTLIBRARIES += tests/tools/scan.la
tests_tools_scan_la_SOURCES = tests/tools/scan.c tests/tools/scan.h
tests_tools_scan_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere

# Calculations of their own that the library's are held to, and what made the files of made-up platforms.
EXTRA_DIST += \
    tests/attestation \
    tests/platform \
    tests/tools/id_block.py \
    tests/tools/launch_digests.py \
    tests/tools/make_ovmf.py \
    tests/tools/make_platform.py \
    tests/tools/make_sessions.py \
    tests/tools/measurement.py \
    tests/tools/secret.py

# The commands; beside libvirt's own program (peer), with a real libvirt (live), and what they leave in memory.
attest_tests = \
    tests/digests.sh \
    tests/idblock-command.sh \
    tests/inputs.sh \
    tests/live-secret.sh \
    tests/live-verify.sh \
    tests/measure-command.sh \
    tests/peer-validate.sh \
    tests/secret-command.sh \
    tests/secrets.sh \
    tests/session-command.sh \
    tests/verify-command.sh \
    tests/verify-report.sh
TESTS += $(attest_tests)
EXTRA_DIST += $(attest_tests) tests/peer.sh
