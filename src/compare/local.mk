src_libcvm_core_la_SOURCES += \
    src/compare/compare.c src/compare/compare.h
