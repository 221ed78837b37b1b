# src/report
src_libcvm_core_la_SOURCES += src/report/report.h
