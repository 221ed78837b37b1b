src_libcvm_core_la_SOURCES += \
    src/readiness/readiness.c src/readiness/readiness.h
