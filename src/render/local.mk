# src/render
src_libcvm_core_la_SOURCES += \
    src/render/render.c src/render/render.h \
    src/render/kubevirt.c src/render/kubevirt.h \
    src/render/kubevirt_devices.c \
    src/render/libvirt_xml.c src/render/libvirt_xml.h \
    src/render/libvirt_chardev.c \
    src/render/libvirt_devices.c \
    src/render/libvirt_disk.c \
    src/render/libvirt_interface.c \
    src/render/libvirt_tree.c src/render/libvirt_tree.h \
    src/render/qemu.c src/render/qemu.h \
    src/render/qemu_chardev.c \
    src/render/qemu_controllers.c \
    src/render/qemu_device.h \
    src/render/qemu_devices.c \
    src/render/qemu_disk.c \
    src/render/qemu_display.c \
    src/render/qemu_frame.c \
    src/render/qemu_interface.c \
    src/render/qemu_launch.c \
    src/render/qemu_memory.c \
    src/render/qemu_parts.h \
    src/render/qemu_script.c \
    src/render/systemd.c \
    src/render/virt_install.c src/render/virt_install.h \
    src/render/virt_install_words.c
