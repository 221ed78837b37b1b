# src/readiness
src_libcvm_core_la_SOURCES += \
    src/readiness/readiness.c src/readiness/readiness.h \
    src/readiness/judge.h \
    src/readiness/facts.c \
    src/readiness/machine.c \
    src/readiness/kernel.c \
    src/readiness/asids.c \
    src/readiness/software.c
