# src/rules
src_libcvm_core_la_SOURCES += \
    src/rules/bindings.c src/rules/bindings.h \
    src/rules/blobs.c \
    src/rules/boot.c \
    src/rules/commandline.c \
    src/rules/control.c src/rules/control.h \
    src/rules/cpu.c \
    src/rules/devices.c src/rules/devices.h \
    src/rules/domain_names.c \
    src/rules/drift.c \
    src/rules/effect.c \
    src/rules/firmware.c \
    src/rules/host.c src/rules/host.h \
    src/rules/host_limits.c \
    src/rules/launch.c src/rules/launch.h \
    src/rules/launch_names.c \
    src/rules/measure.c \
    src/rules/memory.c src/rules/memory.h \
    src/rules/numa.c \
    src/rules/policy.c \
    src/rules/profile.c src/rules/profile.h \
    src/rules/room.c \
    src/rules/rule.h \
    src/rules/rules.c \
    src/rules/suppression.c \
    src/rules/target_kubevirt.c src/rules/target_kubevirt.h \
    src/rules/target_kubevirt_devices.c \
    src/rules/target_kubevirt_keys.c \
    src/rules/target_qemu.c \
    src/rules/target_qemu_devices.c \
    src/rules/target_virt_install.c \
    src/rules/virtio.c

# The folder is a prerequisite too, so that a page that goes away is noticed.
nodist_src_libcvm_core_la_SOURCES = src/rules/pages.c
rule_pages = $(wildcard $(srcdir)/docs/rules/*.md)
src/rules/pages.c: build-aux/embed-pages $(srcdir)/docs/rules $(rule_pages)
	$(AM_V_GEN)$(MKDIR_P) src/rules && \
	$(SHELL) $(srcdir)/build-aux/embed-pages $(srcdir)/docs/rules >$@.tmp && mv $@.tmp $@
CLEANFILES += src/rules/pages.c src/rules/pages.c.tmp
EXTRA_DIST += build-aux/embed-pages docs/rules
