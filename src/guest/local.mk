# src/guest
src_libcvm_core_la_SOURCES += \
    src/guest/advice.c \
    src/guest/checks.c \
    src/guest/devices.c \
    src/guest/drivers.c \
    src/guest/guest.h \
    src/guest/limits.c \
    src/guest/needs.c \
    src/guest/swiotlb.c src/guest/swiotlb.h
