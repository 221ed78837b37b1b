# The command. libcvmdom exports only <cvmdom/…>, so util/ is linked in a second time: it has no state.
bin_PROGRAMS += src/cvmdom
src_cvmdom_SOURCES = \
    src/cli/attest.c src/cli/attest.h \
    src/cli/cmd.h \
    src/cli/cmd_completion.c \
    src/cli/cmd_define.c \
    src/cli/cmd_drift.c \
    src/cli/cmd_explain.c \
    src/cli/cmd_fleet.c \
    src/cli/cmd_harden.c \
    src/cli/cmd_help.c \
    src/cli/cmd_host.c \
    src/cli/cmd_idblock.c \
    src/cli/cmd_lint.c \
    src/cli/cmd_measure.c \
    src/cli/cmd_policy.c \
    src/cli/cmd_render.c \
    src/cli/cmd_rules.c \
    src/cli/cmd_schema.c \
    src/cli/cmd_secret.c \
    src/cli/cmd_session.c \
    src/cli/cmd_verify.c \
    src/cli/crew.c src/cli/crew.h \
    src/cli/definition.c src/cli/definition.h \
    src/cli/confine.c src/cli/confine.h \
    src/cli/explain.h \
    src/cli/explain_check.c \
    src/cli/explain_code.c \
    src/cli/explain_guest.c \
    src/cli/explain_log.c \
    src/cli/explain_rule.c \
    src/cli/control.c src/cli/control.h \
    src/cli/host.h \
    src/cli/host_capture.c \
    src/cli/host_check.c \
    src/cli/host_show.c \
    src/cli/hosts.c src/cli/hosts.h \
    src/cli/id_block.c src/cli/id_block.h \
    src/cli/id_lint.c \
    src/cli/inputs.c src/cli/inputs.h \
    src/cli/jobs.c src/cli/jobs.h \
    src/cli/launch.c src/cli/launch.h \
    src/cli/launch_options.c \
    src/cli/library.c src/cli/library.h \
    src/cli/lint.h \
    src/cli/lint_file.c \
    src/cli/main.c \
    src/cli/message.c \
    src/cli/options.c src/cli/options.h \
    src/cli/output.c src/cli/output.h \
    src/cli/place.c src/cli/place.h \
    src/cli/platform.c src/cli/platform.h \
    src/cli/progress.c \
    src/cli/secrets.c src/cli/secrets.h \
    src/cli/source.c src/cli/source.h \
    src/cli/verify.h \
    src/cli/verify_common.c \
    src/cli/verify_launch.c \
    src/cli/verify_live.c \
    src/cli/verify_report.c \
    src/cli/virt.c src/cli/virt.h \
    src/cli/words.c \
    src/util/json.c
src_cvmdom_CPPFLAGS = $(AM_CPPFLAGS) -DG_LOG_DOMAIN=\"cvmdom\" -DLOCALEDIR=\"$(localedir)\" -DPKGDATADIR=\"$(pkgdatadir)\"
src_cvmdom_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS) $(BIND_NOW)
src_cvmdom_LDADD = src/libcvmdom.la src/libcvm-util.la $(JANSSON_LIBS) $(GLIB_LIBS) $(LTLIBINTL)

# Printed by the command itself, so not when it cannot run here.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
if !CROSS_COMPILING
nodist_bashcompletion_DATA = src/cli/completion/cvmdom
nodist_zshcompletion_DATA = src/cli/completion/_cvmdom
nodist_fishcompletion_DATA = src/cli/completion/cvmdom.fish
endif
completions = src/cli/completion/cvmdom src/cli/completion/_cvmdom src/cli/completion/cvmdom.fish
$(completions): src/cvmdom$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) src/cli/completion && \
	case $@ in *.fish) shell=fish ;; */_*) shell=zsh ;; *) shell=bash ;; esac && \
	LC_ALL=C src/cvmdom$(EXEEXT) completion $$shell >$@.tmp && mv $@.tmp $@
CLEANFILES += $(completions)
