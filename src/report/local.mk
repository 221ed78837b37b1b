# src/report
src_libcvm_core_la_SOURCES += \
    src/report/report.c src/report/report.h \
    src/report/text.c
