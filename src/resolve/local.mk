# src/resolve
src_libcvm_core_la_SOURCES += \
    src/resolve/resolve.c src/resolve/resolve.h \
    src/resolve/adopt.c \
    src/resolve/choose.c src/resolve/choose.h \
    src/resolve/cpu.c \
    src/resolve/devices.c \
    src/resolve/disks.c \
    src/resolve/firmware.c \
    src/resolve/id_block.c \
    src/resolve/launch.c \
    src/resolve/memory.c \
    src/resolve/nodes.h \
    src/resolve/topology.c
