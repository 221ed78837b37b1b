# src/report
src_libcvm_core_la_SOURCES += \
    src/report/report.c src/report/report.h \
    src/report/parts.c src/report/parts.h \
    src/report/page.c \
    src/report/fleet.h \
    src/report/fleet_html.c \
    src/report/board.h \
    src/report/board_capacity.c \
    src/report/board_matrix.c \
    src/report/board_placement.c \
    src/report/board_reasons.c \
    src/report/board_view.c \
    src/report/board_words.c \
    src/report/html.c src/report/html.h \
    src/report/fleet_json.c \
    src/report/fleet_text.c \
    src/report/fleet_words.c src/report/fleet_words.h \
    src/report/text.c \
    src/report/json.c \
    src/report/guest.c src/report/guest.h \
    src/report/host.c src/report/host.h \
    src/report/host_firmware.c \
    src/report/host_json.c \
    src/report/readiness.c src/report/readiness.h \
    src/report/sarif.c \
    src/report/junit.c \
    src/report/github.c

# What format "json" writes, in the library: embedders have no installed data.
nodist_src_libcvm_core_la_SOURCES += src/report/findings_schema.c
src/report/findings_schema.c: build-aux/embed-file $(srcdir)/schemas/findings.schema.json
	$(AM_V_GEN)$(MKDIR_P) src/report && \
	$(SHELL) $(srcdir)/build-aux/embed-file report/report.h cvm_findings_schema \
	    $(srcdir)/schemas/findings.schema.json >$@.tmp && mv $@.tmp $@
nodist_src_libcvm_core_la_SOURCES += src/report/readiness_schema.c
src/report/readiness_schema.c: build-aux/embed-file $(srcdir)/schemas/readiness.schema.json
	$(AM_V_GEN)$(MKDIR_P) src/report && \
	$(SHELL) $(srcdir)/build-aux/embed-file report/readiness.h cvm_readiness_schema \
	    $(srcdir)/schemas/readiness.schema.json >$@.tmp && mv $@.tmp $@
nodist_src_libcvm_core_la_SOURCES += src/launch/measurement_schema.c
src/launch/measurement_schema.c: build-aux/embed-file $(srcdir)/schemas/measurement.schema.json
	$(AM_V_GEN)$(MKDIR_P) src/launch && \
	$(SHELL) $(srcdir)/build-aux/embed-file launch/launch.h cvm_measurement_schema \
	    $(srcdir)/schemas/measurement.schema.json >$@.tmp && mv $@.tmp $@
nodist_src_libcvm_core_la_SOURCES += src/report/guest_schema.c
src/report/guest_schema.c: build-aux/embed-file $(srcdir)/schemas/guest.schema.json
	$(AM_V_GEN)$(MKDIR_P) src/report && \
	$(SHELL) $(srcdir)/build-aux/embed-file report/guest.h cvm_guest_schema \
	    $(srcdir)/schemas/guest.schema.json >$@.tmp && mv $@.tmp $@
CLEANFILES += src/report/guest_schema.c src/report/guest_schema.c.tmp
nodist_src_libcvm_core_la_SOURCES += src/report/fleet_schema.c
src/report/fleet_schema.c: build-aux/embed-file $(srcdir)/schemas/fleet.schema.json
	$(AM_V_GEN)$(MKDIR_P) src/report && \
	$(SHELL) $(srcdir)/build-aux/embed-file report/fleet.h cvm_fleet_schema \
	    $(srcdir)/schemas/fleet.schema.json >$@.tmp && mv $@.tmp $@
CLEANFILES += src/report/fleet_schema.c src/report/fleet_schema.c.tmp
CLEANFILES += src/launch/measurement_schema.c src/launch/measurement_schema.c.tmp
CLEANFILES += src/report/readiness_schema.c src/report/readiness_schema.c.tmp
CLEANFILES += src/report/findings_schema.c src/report/findings_schema.c.tmp
EXTRA_DIST += build-aux/embed-file

# The style sheet of a fleet's page, which stands in the page itself.
nodist_src_libcvm_core_la_SOURCES += src/report/board_style.c
src/report/board_style.c: build-aux/embed-file $(srcdir)/src/report/board.css
	$(AM_V_GEN)$(MKDIR_P) src/report && \
	$(SHELL) $(srcdir)/build-aux/embed-file report/board.h cvm_board_style \
	    $(srcdir)/src/report/board.css >$@.tmp && mv $@.tmp $@
CLEANFILES += src/report/board_style.c src/report/board_style.c.tmp
EXTRA_DIST += src/report/board.css
