# src/fleet
src_libcvm_core_la_SOURCES += \
    src/model/fleet.c src/model/fleet.h \
    src/fleet/demand.c \
    src/fleet/first_fit.c \
    src/fleet/fleet.c src/fleet/fleet.h \
    src/fleet/judge.c \
    src/fleet/kind.c src/fleet/kind.h \
    src/fleet/obstacles.c \
    src/fleet/place.c src/fleet/place.h \
    src/fleet/pools.c \
    src/fleet/read.c
