# The only user of libcrypto. The command loads it when something is to be attested. Built once, as libcvm-attest.la: the
# library exports part of it by its map, unit tests see all of it.
noinst_LTLIBRARIES += src/libcvm-attest.la
src_libcvm_attest_la_SOURCES = \
    src/attest/amd_cert.c \
    src/attest/attest.h \
    src/attest/cert.c \
    src/attest/cert.h \
    src/attest/chain.c \
    src/attest/digest.c \
    src/attest/digest.h \
    src/attest/digest_sev.c \
    src/attest/digest_snp.c \
    src/attest/ecc.c \
    src/attest/errors.c \
    src/attest/explain.c src/attest/explain.h \
    src/attest/explain_snp.c \
    src/attest/explain_tries.c \
    src/attest/explain_words.c \
    src/attest/hash.c \
    src/attest/id_block.c \
    src/attest/id_check.c \
    src/attest/id_key.c \
    src/attest/id_key.h \
    src/attest/kernel_hashes.c \
    src/attest/keys.c \
    src/attest/measurement.c \
    src/attest/page_chain.c \
    src/attest/private_key.c \
    src/attest/report.c \
    src/attest/report.h \
    src/attest/report_certs.c \
    src/attest/report_chain.h \
    src/attest/report_compare.c \
    src/attest/report_leaf.c \
    src/attest/report_tcb.c \
    src/attest/secret.c \
    src/attest/sections.c \
    src/attest/session.c \
    src/attest/session.h \
    src/attest/sev_cert.c \
    src/attest/vmsa.c
src_libcvm_attest_la_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS) -DG_LOG_DOMAIN=\"cvmdom\"
src_libcvm_attest_la_LIBADD = $(CRYPTO_LIBS) $(GLIB_LIBS) $(LTLIBINTL)

lib_LTLIBRARIES += src/libcvmdom-attest.la
src_libcvmdom_attest_la_SOURCES =
src_libcvmdom_attest_la_LIBADD = src/libcvm-attest.la src/libcvmdom.la src/libcvm-util.la $(CRYPTO_LIBS) $(GLIB_LIBS) $(LTLIBINTL)
src_libcvmdom_attest_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -no-undefined \
    -Wl,--version-script=$(srcdir)/src/libcvmdom-attest.map -Wl,--as-needed $(BIND_NOW)
EXTRA_src_libcvmdom_attest_la_DEPENDENCIES = src/libcvmdom-attest.map
cvmdominclude_HEADERS += src/include/cvmdom/attest.h
pkgconfig_DATA += src/libcvmdom-attest.pc
EXTRA_DIST += src/libcvmdom-attest.map
