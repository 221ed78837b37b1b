# src/harden
src_libcvm_core_la_SOURCES += \
    src/harden/convert.c \
    src/harden/edit.c src/harden/edit.h \
    src/harden/edit_xml.c \
    src/harden/harden.c src/harden/harden.h \
    src/harden/repair.c src/harden/repair.h \
    src/harden/repair_boot.c \
    src/harden/repair_devices.c \
    src/harden/repair_launch.c \
    src/harden/repair_memory.c \
    src/harden/repairs.c \
    src/harden/revision.c src/harden/revision.h
