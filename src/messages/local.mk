# src/messages
src_libcvm_core_la_SOURCES += \
    src/messages/codes.c \
    src/messages/devices.c \
    src/messages/firmware.c \
    src/messages/general.c \
    src/messages/host.c \
    src/messages/kernel.c \
    src/messages/launch.c \
    src/messages/log.c \
    src/messages/match.c \
    src/messages/memory.c \
    src/messages/messages.h \
    src/messages/sharpen.c \
    src/messages/start.c \
    src/messages/tdx.c
