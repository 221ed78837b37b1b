# src/render
src_libcvm_core_la_SOURCES += src/render/render.h
