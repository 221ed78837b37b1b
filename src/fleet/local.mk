# src/fleet
src_libcvm_core_la_SOURCES += \
    src/model/fleet.h \
    src/fleet/first_fit.c \
    src/fleet/fleet.c src/fleet/fleet.h \
    src/fleet/place.h
