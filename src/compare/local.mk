src_libcvm_core_la_SOURCES += \
    src/compare/compare.c src/compare/compare.h \
    src/compare/dropped.c \
    src/compare/filled.c \
    src/compare/pairs.c \
    src/compare/pattern.c \
    src/compare/place.c \
    src/compare/report.c \
    src/compare/tree.h \
    src/compare/value.c
