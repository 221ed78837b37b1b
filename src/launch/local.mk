src_libcvm_core_la_SOURCES += \
    src/launch/check.c \
    src/launch/cpu.c \
    src/launch/gather.c \
    src/launch/launch.h
