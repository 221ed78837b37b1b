# The only user of libvirt. The command loads it when a connection is asked for.
if HAVE_LIBVIRT
lib_LTLIBRARIES += src/libcvmdom-virt.la
src_libcvmdom_virt_la_SOURCES = \
    src/virt/capture.c \
    src/virt/connection.c \
    src/virt/define.c \
    src/virt/domains.c src/virt/domains.h \
    src/virt/errors.c \
    src/virt/events.c \
    src/virt/virt.h
src_libcvmdom_virt_la_CPPFLAGS = $(AM_CPPFLAGS) $(LIBVIRT_CFLAGS) -DG_LOG_DOMAIN=\"cvmdom\"
src_libcvmdom_virt_la_LIBADD = src/libcvmdom.la src/libcvm-util.la $(LIBVIRT_LIBS) $(GLIB_LIBS) $(LTLIBINTL)
src_libcvmdom_virt_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -no-undefined \
    -Wl,--version-script=$(srcdir)/src/libcvmdom-virt.map -Wl,--as-needed -Wl,-z,nodelete $(BIND_NOW)
EXTRA_src_libcvmdom_virt_la_DEPENDENCIES = src/libcvmdom-virt.map
cvmdominclude_HEADERS += src/include/cvmdom/virt.h
pkgconfig_DATA += src/libcvmdom-virt.pc
endif
EXTRA_DIST += src/libcvmdom-virt.map
