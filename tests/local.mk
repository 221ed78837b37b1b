# Unit tests: one program a module, named after it; its only source is NAME.c, so a new one is one line here.
if HAVE_CHECK
unit_tests = \
    tests/unit/test_adopt \
    tests/unit/test_capture_files \
    tests/unit/test_capture_hostile \
    tests/unit/test_capture_libvirt \
    tests/unit/test_documents \
    tests/unit/test_domain_xml \
    tests/unit/test_domain_xml_devices \
    tests/unit/test_compare \
    tests/unit/test_config \
    tests/unit/test_edit \
    tests/unit/test_effect \
    tests/unit/test_encoding \
    tests/unit/test_firmware \
    tests/unit/test_fleet \
    tests/unit/test_fleet_html \
    tests/unit/test_guest \
    tests/unit/test_harden \
    tests/unit/test_host \
    tests/unit/test_host_report \
    tests/unit/test_hostile \
    tests/unit/test_lib \
    tests/unit/test_kubevirt \
    tests/unit/test_launch \
    tests/unit/test_launch_check \
    tests/unit/test_layout \
    tests/unit/test_libvirt_data \
    tests/unit/test_logs \
    tests/unit/test_messages \
    tests/unit/test_model \
    tests/unit/test_number \
    tests/unit/test_ovmf \
    tests/unit/test_policy \
    tests/unit/test_profile \
    tests/unit/test_profile_docs \
    tests/unit/test_profile_merge \
    tests/unit/test_qemu_devices \
    tests/unit/test_readiness \
    tests/unit/test_readiness_report \
    tests/unit/test_record \
    tests/unit/test_render \
    tests/unit/test_render_qemu \
    tests/unit/test_report \
    tests/unit/test_report_formats \
    tests/unit/test_resolve \
    tests/unit/test_round_trip \
    tests/unit/test_rule_pages \
    tests/unit/test_rules \
    tests/unit/test_rules_devices \
    tests/unit/test_rules_host \
    tests/unit/test_rules_launch \
    tests/unit/test_rules_memory \
    tests/unit/test_rules_xml \
    tests/unit/test_suppression \
    tests/unit/test_topology \
    tests/unit/test_tree \
    tests/unit/test_util \
    tests/unit/test_xml_input \
    tests/unit/test_xml_out \
    tests/unit/test_xml_tree \
    tests/unit/test_yaml_out \
    tests/unit/test_yaml_tree
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif

# Not tests: what the bundled host records are made with.
check_PROGRAMS += tests/tools/print_firmware
EXTRA_DIST += tests/tools/make_host.py

# docs/messages.md comes from the tables of messages.
check_PROGRAMS += tests/tools/print_messages
TESTS += tests/messages.sh
EXTRA_DIST += tests/messages.sh docs/messages.md

# docs/host-checks.md comes from the table of checks.
check_PROGRAMS += tests/tools/print_checks
TESTS += tests/host-checks.sh
EXTRA_DIST += tests/host-checks.sh docs/host-checks.md

# What texts do to all targets.
TESTS += tests/hostile-texts.sh
EXTRA_DIST += tests/hostile-texts.sh tests/tools/hostile_texts.py

# What virt-install makes of the scripts of `render --to virt-install`.
check_PROGRAMS += tests/tools/print_virt_install_words
TESTS += tests/virt-install.sh
EXTRA_DIST += tests/virt-install.sh tests/tools/compare_domains.py tests/tools/virt_install.py tests/virt-install/all-keys.yaml \
    tests/virt-install/efi.yaml tests/virt-install/print-xml tests/virt-install/snp.yaml tests/virt-install/special.yaml

# Pages of made fleets, for whoever works on them, and for tests/fleet-html.sh.
check_PROGRAMS += tests/tools/fleet_pairs
tests_tools_fleet_pairs_SOURCES = tests/tools/fleet_pairs.c
tests_tools_fleet_pairs_CPPFLAGS = $(AM_CPPFLAGS)
tests_tools_fleet_pairs_LDADD = src/libcvm-core.la
EXTRA_DIST += tests/tools/make_fleet.py tests/fleet.py tests/fleet
TESTS += tests/fleet-command.sh
EXTRA_DIST += tests/fleet-command.sh

check_PROGRAMS += tests/tools/print_fleet
TESTS += tests/fleet-html.sh
EXTRA_DIST += tests/fleet-html.sh tests/fleet-html.py tests/tools/chromium.py tests/unit/fleet_fixture.h

tests_unit_ldadd = src/libcvm-core.la $(CHECK_LIBS)
LDADD = $(tests_unit_ldadd)
EXTRA_DIST += tests/unit/check_rule.h tests/unit/unit.h tests/unit/domain_fixture.h tests/unit/host_fixture.h tests/unit/xml_fixture.h tests/unit/xml_lines.h tests/unit/tree_fixture.h
EXTRA_DIST += tests/unit/ovmf_fixture.h tests/unit/profile_fixture.h
EXTRA_DIST += tests/compare tests/domains tests/logs tests/rule-pages

# What tests may need to know; scripts get it from the environment.
AM_TESTS_ENVIRONMENT = \
    srcdir='$(abs_top_srcdir)'; export srcdir; \
    builddir='$(abs_top_builddir)'; export builddir; \
    CVMDOM='$(abs_top_builddir)/src/cvmdom'; export CVMDOM; \
    BUILT_WITH='$(CC) $(CFLAGS)'; export BUILT_WITH; \
    CVMDOM_DATA_DIR='$(abs_top_srcdir)/profiles'; export CVMDOM_DATA_DIR; \
    LC_ALL=C.UTF-8; export LC_ALL; unset LANGUAGE;
TEST_EXTENSIONS = .sh
if SANITIZERS
# AddressSanitizer looks the XDR functions up when a program starts; libvirt brings theirs (libtirpc) when cvmdom loads it.
# What libraries below libvirt lose is none of ours.
AM_TESTS_ENVIRONMENT += \
    xdr=`ldd "$$(command -v virsh)" 2>/dev/null | sed -n 's/^.*libtirpc[^ ]* => \([^ ]*\) .*/\1/p'`; \
    if test -n "$$xdr"; then LD_PRELOAD=$$xdr; export LD_PRELOAD; fi; \
    ASAN_OPTIONS=verify_asan_link_order=0:intercept_tls_get_addr=0; export ASAN_OPTIONS; \
    LSAN_OPTIONS='suppressions=$(abs_top_srcdir)/tests/lsan.supp:print_suppressions=0'; export LSAN_OPTIONS;
endif
if THREAD_SANITIZER
AM_TESTS_ENVIRONMENT += \
    G_SLICE=always-malloc; export G_SLICE; \
    TSAN_OPTIONS='suppressions=$(abs_top_srcdir)/tests/tsan.supp:print_suppressions=0'; export TSAN_OPTIONS;
endif
EXTRA_DIST += tests/lsan.supp

# The sources themselves.
style_tests = tests/archive.sh tests/style.sh tests/function-size.sh tests/potfiles.sh tests/translations.sh tests/docs.sh
TESTS += $(style_tests)
EXTRA_DIST += $(style_tests) build-aux/function-size .clang-format

# The real libvirt on a pretended SEV host, and what it says to every shipped profile.
sevhost_tests = tests/boot.sh tests/define.sh tests/harden.sh tests/live-chain.sh tests/live-faults.sh tests/live-host.sh tests/rng.sh tests/sevhost.sh
TESTS += $(sevhost_tests)
EXTRA_DIST += $(sevhost_tests) tests/debian13.sh tests/harness.sh tests/ordinary tests/sevhost/boot tests/sevhost/cut tests/sevhost/define-all tests/sevhost/kept.py tests/sevhost/launched.py \
    tests/sevhost/qemu-system-x86_64 tests/sevhost/run tests/sevhost/shipped.sh tests/sevhost/swtpm

# Not a test: the suite in a Debian 13, where libvirt knows SEV-SNP; does nothing where such a system cannot be made.
.PHONY: check-debian13
check-debian13:
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) $(srcdir)/tests/debian13.sh || test $$? -eq 77

# Live hosts: a C program that uses libcvmdom-virt, and what it and the command make of a real libvirt.
live_tests = tests/live-capture.sh tests/live-define.sh tests/live-drift.sh
TESTS += $(live_tests)
EXTRA_DIST += $(live_tests)
if HAVE_LIBVIRT
check_PROGRAMS += tests/virt-user
endif
tests_virt_user_LDADD = src/libcvmdom-virt.la src/libcvmdom.la

# Host records against their schema.
host_tests = tests/host-schema.sh
TESTS += $(host_tests)
EXTRA_DIST += $(host_tests)

# The command, and what is built and installed beside it.
command_tests = tests/cli.sh tests/completion.sh tests/explain-command.sh tests/explain-guest.sh tests/exports.sh tests/header.sh tests/host-command.sh tests/layers.sh tests/lint.sh tests/lint-jobs.sh tests/lint-schema.sh tests/manual.sh tests/missing-libraries.sh tests/needed.sh tests/render-stream.sh
TESTS += $(command_tests)
EXTRA_DIST += $(command_tests) tests/guest

# make installcheck: users of the installed library, in C and C++.
installcheck-local:
	srcdir='$(abs_top_srcdir)' builddir='$(abs_top_builddir)' CVMDOM='$(DESTDIR)$(bindir)/cvmdom' \
	    CC='$(CC)' DESTDIR='$(DESTDIR)' bindir='$(bindir)' libdir='$(libdir)' datadir='$(datadir)' mandir='$(mandir)' \
	    LC_ALL=C.UTF-8 $(SHELL) $(srcdir)/tests/installcheck.sh
EXTRA_DIST += tests/installcheck.sh tests/installed/capture.c tests/installed/check.cc tests/installed/measure.c tests/installed/place.c tests/installed/render.c
.PHONY: installcheck-local

# Golden files.
golden_tests = tests/golden.sh
TESTS += $(golden_tests)
EXTRA_DIST += $(golden_tests) tests/cases

# What lint reports, held against schemas and parsers.
TESTS += tests/reports.sh
EXTRA_DIST += tests/reports.sh tests/reports.py tests/sarif.schema.json

# KubeVirt: what is rendered, and what is said of what cannot be.
TESTS += tests/kubevirt.sh
EXTRA_DIST += tests/kubevirt.sh tests/kubevirt.py tests/kubevirt

# QEMU's command line: its forms agree, and the real QEMU takes it.
TESTS += tests/qemu-forms.sh tests/qemu-boot.sh tests/qemu-argv.sh
EXTRA_DIST += tests/qemu-forms.sh tests/qemu-boot.sh tests/tools/ask_qemu.py
EXTRA_DIST += tests/qemu-argv.sh tests/tools/compare_argv.py tests/qemu-argv/buses.yaml tests/qemu-argv/kinds.yaml \
    tests/qemu-argv/many.yaml tests/qemu-argv/places.yaml tests/qemu-argv/since-11.yaml tests/qemu-argv/started.yaml

# The profile's JSON Schema against a real validator.
TESTS += tests/schema.sh
EXTRA_DIST += tests/schema.sh tests/schema.py tests/profiles

# The examples for pipelines.
TESTS += tests/pipelines.sh
EXTRA_DIST += tests/pipelines.sh docs/ci .pre-commit-hooks.yaml

# Domain XML as others write it, wrong and right; `make corpus-table` asks the installed libvirt about it, too.
TESTS += tests/corpus.sh
EXTRA_DIST += tests/corpus tests/corpus.sh docs/corpus.md
.PHONY: corpus-table
corpus-table: all
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) $(srcdir)/tests/corpus/table --page $(srcdir)/docs/corpus.md

include tests/attest.mk
include tests/bench.mk
include tests/faults.mk
include tests/fuzz.mk
include tests/gates.mk
include tests/place.mk
