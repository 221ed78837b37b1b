# Everything is built once, as libcvm-core.la: the library exports part of it by its map, unit tests see all of it.
# util/ is a library of its own, since the command uses it too.
noinst_LTLIBRARIES += src/libcvm-util.la src/libcvm-core.la
src_libcvm_util_la_SOURCES = \
    src/util/arena.c src/util/arena.h \
    src/util/auto.h \
    src/util/base64.c src/util/base64.h \
    src/util/bytes.h \
    src/util/closest.c src/util/closest.h \
    src/util/quote.c src/util/quote.h \
    src/util/cpuset.c src/util/cpuset.h \
    src/util/error.c src/util/error.h \
    src/util/file.c src/util/file.h \
    src/util/glob.c src/util/glob.h \
    src/util/guid.c src/util/guid.h \
    src/util/i18n.c src/util/i18n.h \
    src/util/number.c src/util/number.h \
    src/util/tree.c src/util/tree.h \
    src/util/visible.c src/util/visible.h \
    src/util/xml_out.c src/util/xml_out.h
src_libcvm_util_la_CPPFLAGS = $(AM_CPPFLAGS) -DG_LOG_DOMAIN=\"cvmdom\"
src_libcvm_util_la_LIBADD = $(GLIB_LIBS) $(LTLIBINTL)

src_libcvm_core_la_SOURCES = \
    src/lib.c src/lib.h src/lib_config.c src/lib_domain.c src/lib_explain.c src/lib_findings.c \
    src/lib_compare.c src/lib_firmware.c src/lib_fleet.c src/lib_guest.c src/lib_harden.c src/lib_host.c src/lib_id_block.c src/lib_launch.c src/lib_readiness.c src/lib_schema.c \
    src/lib_record.c \
    src/util/json.c src/util/json.h \
    src/util/yaml_out.c src/util/yaml_out.h \
    src/model/config.c src/model/config.h \
    src/model/domain.c src/model/domain.h \
    src/model/finding.c src/model/finding.h \
    src/model/firmware_match.c \
    src/model/guest.c src/model/guest.h \
    src/model/host.c src/model/host.h \
    src/model/host_parts.c \
    src/model/kubevirt.c src/model/kubevirt.h \
    src/model/layout.c src/model/layout.h \
    src/model/layout_pci.c src/model/layout_pci.h \
    src/model/need.c src/model/need.h \
    src/model/node.c src/model/node.h \
    src/model/policy.c src/model/policy.h \
    src/model/problem.h \
    src/model/suppression.h \
    src/model/value.h
include src/read/local.mk
include src/resolve/local.mk
include src/rules/local.mk
include src/messages/local.mk
include src/launch/local.mk
include src/fleet/local.mk
include src/guest/local.mk
include src/harden/local.mk
include src/capture/local.mk
include src/readiness/local.mk
include src/compare/local.mk
include src/render/local.mk
include src/report/local.mk
src_libcvm_core_la_CPPFLAGS = $(AM_CPPFLAGS) -DG_LOG_DOMAIN=\"cvmdom\"
src_libcvm_core_la_LIBADD = src/libcvm-util.la $(CORE_LIBS) $(LTLIBINTL)

# What binds functions when they are first called saves all vector registers on the stack, where a key that was copied a
# moment ago stays: nothing that keys pass through is bound so.
BIND_NOW = -Wl,-z,now

lib_LTLIBRARIES += src/libcvmdom.la
src_libcvmdom_la_SOURCES =
src_libcvmdom_la_LIBADD = src/libcvm-core.la
# nodelete: what a thread keeps from one document to the next is freed as the thread ends, maybe after a dlclose().
src_libcvmdom_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -no-undefined -Wl,-z,nodelete \
    -Wl,--version-script=$(srcdir)/src/libcvmdom.map -Wl,--as-needed $(BIND_NOW)
EXTRA_src_libcvmdom_la_DEPENDENCIES = src/libcvmdom.map
EXTRA_DIST += src/libcvmdom.map src/README.md

cvmdomincludedir = $(includedir)/cvmdom
cvmdominclude_HEADERS = \
    src/include/cvmdom/compare.h \
    src/include/cvmdom/config.h \
    src/include/cvmdom/cvmdom.h \
    src/include/cvmdom/domain.h \
    src/include/cvmdom/error.h \
    src/include/cvmdom/explain.h \
    src/include/cvmdom/finding.h \
    src/include/cvmdom/firmware.h \
    src/include/cvmdom/fleet.h \
    src/include/cvmdom/guest.h \
    src/include/cvmdom/harden.h \
    src/include/cvmdom/host.h \
    src/include/cvmdom/launch.h \
    src/include/cvmdom/place.h \
    src/include/cvmdom/policy.h \
    src/include/cvmdom/readiness.h \
    src/include/cvmdom/record.h \
    src/include/cvmdom/schema.h

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = src/libcvmdom.pc

include src/virt/local.mk
include src/attest/local.mk
include src/place/local.mk

include src/cli/local.mk
