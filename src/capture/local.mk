src_libcvm_core_la_SOURCES += \
    src/capture/capture.h \
    src/capture/files.c src/capture/files.h src/capture/files_sev.h \
    src/capture/files_apparmor.c \
    src/capture/files_cgroup.c \
    src/capture/files_devices.c \
    src/capture/files_firmware.c \
    src/capture/files_iommu.c \
    src/capture/files_kernel.c \
    src/capture/files_libvirt.c \
    src/capture/files_log.c \
    src/capture/files_machine.c \
    src/capture/files_memlock.c \
    src/capture/files_memory.c \
    src/capture/files_packages.c \
    src/capture/files_processor.c \
    src/capture/files_read.c \
    src/capture/files_sev.c \
    src/capture/files_topology.c \
    src/capture/files_virsh.c \
    src/capture/libvirt.c \
    src/capture/record.c \
    src/capture/write.c
