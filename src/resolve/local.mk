# src/resolve
src_libcvm_core_la_SOURCES += src/resolve/resolve.h
