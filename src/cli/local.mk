# The command. libcvmdom exports only <cvmdom/…>, so util/ is linked in a second time: it has no state.
bin_PROGRAMS += src/cvmdom
src_cvmdom_SOURCES = \
    src/cli/cmd.h \
    src/cli/cmd_explain.c \
    src/cli/cmd_help.c \
    src/cli/cmd_policy.c \
    src/cli/cmd_rules.c \
    src/cli/main.c \
    src/cli/message.c \
    src/cli/options.c src/cli/options.h \
    src/cli/words.c
src_cvmdom_CPPFLAGS = $(AM_CPPFLAGS) -DG_LOG_DOMAIN=\"cvmdom\" -DLOCALEDIR=\"$(localedir)\" -DPKGDATADIR=\"$(pkgdatadir)\"
src_cvmdom_LDADD = src/libcvmdom.la src/libcvm-util.la $(GLIB_LIBS) $(LTLIBINTL)
