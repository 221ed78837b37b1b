# src/read
src_libcvm_core_la_SOURCES += \
    src/read/firmware_json.c \
    src/read/host.h \
    src/read/host_caps.c \
    src/read/host_record.c \
    src/read/ovmf.c \
    src/read/read.h \
    src/read/xml_tree.c
