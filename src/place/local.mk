# The only user of GLPK. The command loads it when first-fit did not place all guests. Built once, as libcvm-place.la: the
# library exports part of it by its map, unit tests see all of it.
noinst_LTLIBRARIES += src/libcvm-place.la
src_libcvm_place_la_SOURCES = \
    src/place/bound.c \
    src/place/check.c \
    src/place/classes.c \
    src/place/conflict.c \
    src/place/divide.c \
    src/place/glpk.c \
    src/place/lp.c \
    src/place/patterns.c \
    src/place/problem.h \
    src/place/reduce.c \
    src/place/search.c \
    src/place/solve.c
src_libcvm_place_la_CPPFLAGS = $(AM_CPPFLAGS) $(GLIB_CFLAGS) -DG_LOG_DOMAIN=\"cvmdom\"
src_libcvm_place_la_LIBADD = $(GLPK_LIBS) $(GLIB_LIBS) $(LTLIBINTL) -lm

lib_LTLIBRARIES += src/libcvmdom-place.la
src_libcvmdom_place_la_SOURCES =
src_libcvmdom_place_la_LIBADD = src/libcvm-place.la src/libcvmdom.la src/libcvm-util.la $(GLPK_LIBS) $(GLIB_LIBS) $(LTLIBINTL) -lm
src_libcvmdom_place_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -no-undefined \
    -Wl,--version-script=$(srcdir)/src/libcvmdom-place.map -Wl,--as-needed $(BIND_NOW)
EXTRA_src_libcvmdom_place_la_DEPENDENCIES = src/libcvmdom-place.map
pkgconfig_DATA += src/libcvmdom-place.pc
EXTRA_DIST += src/libcvmdom-place.map
