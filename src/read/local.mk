# src/read
src_libcvm_core_la_SOURCES += src/read/read.h
