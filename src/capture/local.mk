src_libcvm_core_la_SOURCES += \
    src/capture/capture.h \
    src/capture/files.c \
    src/capture/libvirt.c \
    src/capture/record.c \
    src/capture/write.c
