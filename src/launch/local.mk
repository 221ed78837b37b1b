src_libcvm_core_la_SOURCES += \
    src/launch/check.c src/launch/check.h \
    src/launch/check_firmware.c \
    src/launch/cpu.c \
    src/launch/gather.c \
    src/launch/launch.h
