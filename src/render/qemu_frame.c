/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU's command line but for memory, launch security and devices, in the order in which libvirt
 * writes it (qemuBuildCommandLine): who knows one can read the other. */
#include "render/qemu.h"

#include <string.h>

#include "render/qemu_parts.h"

/* As libvirt's; the object itself is behind the devices, as there. */
#define LAUNCH_ID "lsec0"
/* A profile's limit; domain XML may say anything. */
enum { IOTHREADS_MAX = G_MAXUINT16 };
#define FLASH_NODE "libvirt-pflash%u-%s"

gboolean
cvm_qemu_is_i440fx(const struct cvm_domain *domain)
{
    return cvm_is_set(domain->os.machine) && (g_str_equal(domain->os.machine.value, "pc") ||
                                              strstr(domain->os.machine.value, "i440fx"));
}

static void
add_name(struct cvm_qemu *qemu)
{
    const struct cvm_text *name = &qemu->domain->name;

    if (cvm_is_set(*name)) {
        g_autofree char *escaped = cvm_qemu_escape(name->value);

        cvm_qemu_add(qemu, "-name", "guest=%s,debug-threads=on", escaped);
    }
}

/* ---- machine ---- */

static void
append_word(GString *out, const char *property, const struct cvm_flag *flag)
{
    if (cvm_is_set(*flag)) {
        g_string_append_printf(out, ",%s=%s", property, flag->value ? "on" : "off");
    }
}

/* Without words about launch security the machine is a plain one; whatever else they are, it is
 * tied to an object: QEMU does not start where that is missing. */
static void
append_protection(GString *out, const struct cvm_launch *launch)
{
    if (cvm_qemu_is_protected(launch)) {
        g_string_append(out, ",confidential-guest-support=" LAUNCH_ID);
    }
}

static void
append_flash(GString *out, const struct cvm_os *os)
{
    if (!cvm_is_set(os->loader) || cvm_text_is(os->type, "rom")) {
        return;
    }
    g_string_append(out, ",pflash0=libvirt-pflash0-format");
    if (cvm_qemu_has_nvram(os)) {
        g_string_append(out, ",pflash1=libvirt-pflash1-format");
    }
}

static void
add_machine(struct cvm_qemu *qemu)
{
    const struct cvm_domain *domain = qemu->domain;
    const struct cvm_features *features = &domain->features;
    g_autofree char *machine =
        cvm_qemu_escape(cvm_is_set(domain->os.machine) ? domain->os.machine.value : "q35");
    g_autoptr(GString) out = g_string_new(machine);

    g_string_append(out, ",usb=off");
    append_word(out, "vmport", &features->vmport);
    append_word(out, "smm", &features->smm);
    if (cvm_is_set(features->ioapic)) {
        g_string_append_printf(out, ",kernel_irqchip=%s",
                               cvm_text_is(features->ioapic, "qemu") ? "split" : "on");
    }
    append_word(out, "dump-guest-core", &domain->memory.dump_core);
    g_string_append(out, cvm_is_on(domain->memory.nosharepages) ? ",mem-merge=off" : "");
    g_string_append(out, domain->cpu.numa.count == 0 ? ",memory-backend=pc.ram" : "");
    append_protection(out, &domain->launch);
    append_flash(out, &domain->os);
    /* What is not among a domain's features is off (formatdomain, "Hypervisor features"). */
    g_string_append_printf(out, ",acpi=%s", cvm_is_on(features->acpi) ? "on" : "off");
    cvm_qemu_add(qemu, "-machine", "%s", out->str);
    cvm_qemu_add(qemu, "-accel", "%s", cvm_text_is(domain->virt_type, "qemu") ? "tcg" : "kvm");
}

/* ---- firmware ---- */

static void
add_flash(struct cvm_qemu *qemu, unsigned unit, const char *path, const struct cvm_text *format,
          gboolean readonly)
{
    json_t *storage = cvm_qemu_driver("file");
    json_t *image = json_object();

    cvm_qemu_set(storage, "filename", path);
    cvm_qemu_set_format(storage, "node-name", FLASH_NODE, unit, "storage");
    cvm_qemu_set_flag(storage, "auto-read-only", TRUE);
    cvm_qemu_set(storage, "discard", "unmap");
    cvm_qemu_add_json(qemu, "-blockdev", storage);
    cvm_qemu_set_format(image, "node-name", FLASH_NODE, unit, "format");
    cvm_qemu_set_flag(image, "read-only", readonly);
    cvm_qemu_set(image, "driver", cvm_is_set(*format) ? format->value : "raw");
    cvm_qemu_set_format(image, "file", FLASH_NODE, unit, "storage");
    cvm_qemu_add_json(qemu, "-blockdev", image);
    cvm_qemu_need_file(qemu, path, !readonly);
}

gboolean
cvm_qemu_has_nvram(const struct cvm_os *os)
{
    return !cvm_is_on(os->stateless) && !cvm_text_is(os->type, "rom") &&
           (cvm_is_set(os->nvram) || cvm_is_set(os->nvram_template));
}

static void
add_firmware(struct cvm_qemu *qemu)
{
    const struct cvm_os *os = &qemu->domain->os;

    if (!cvm_is_set(os->loader) || cvm_text_is(os->type, "rom")) {
        return;
    }
    if (cvm_is_on(os->secure)) { /* only code in system management mode writes to it */
        cvm_qemu_add(qemu, "-global", "driver=cfi.pflash01,property=secure,value=on");
    }
    add_flash(qemu, 0, os->loader.value, &os->format, !cvm_is_off(os->readonly));
    if (cvm_qemu_has_nvram(os)) {
        const char *store =
            cvm_is_set(os->nvram) ? os->nvram.value : cvm_qemu_state_path(qemu, "VARS.fd");

        if (cvm_is_set(os->nvram_template)) {
            cvm_qemu_make_copy(qemu, store, os->nvram_template.value);
        }
        add_flash(qemu, 1, store, &os->nvram_format, FALSE);
    }
}

static void
add_rom(struct cvm_qemu *qemu)
{
    const struct cvm_os *os = &qemu->domain->os;

    if (cvm_is_set(os->loader) && cvm_text_is(os->type, "rom")) {
        cvm_qemu_add(qemu, "-bios", "%s", os->loader.value);
        cvm_qemu_need_file(qemu, os->loader.value, FALSE);
    }
}

static void
add_file(struct cvm_qemu *qemu, const char *option, const struct cvm_text *path)
{
    if (cvm_is_set(*path)) {
        cvm_qemu_add(qemu, option, "%s", path->value);
        cvm_qemu_need_file(qemu, path->value, FALSE);
    }
}

static void
add_boot(struct cvm_qemu *qemu)
{
    const struct cvm_os *os = &qemu->domain->os;

    cvm_qemu_add(qemu, "-boot", "%sstrict=on",
                 !cvm_is_set(os->bootmenu) ? ""
                 : os->bootmenu.value      ? "menu=on,"
                                           : "menu=off,");
    add_file(qemu, "-kernel", &os->kernel);
    add_file(qemu, "-initrd", &os->initrd);
    if (cvm_is_set(os->cmdline)) {
        cvm_qemu_add(qemu, "-append", "%s", os->cmdline.value);
    }
}

/* ---- processor ---- */

static gboolean
is_wanted(const struct cvm_cpu_feature *feature)
{
    return !cvm_text_is(feature->policy, "disable") && !cvm_text_is(feature->policy, "forbid");
}

/* -cpu is divided at each comma, doubled or not (parse_cpu_option, x86_cpu_parse_featurestr): what
 * stands behind one in a name would be a property. QEMU knows no such name, and does not start. */
static char *
cpu_word(const char *name)
{
    return g_strdelimit(g_strdup(name), ",", '?');
}

/* QEMU's properties have '-' where some of libvirt's names have '_' (target/i386/cpu.c, feat2prop).
 */
static void
append_feature(GString *out, const struct cvm_cpu_feature *feature)
{
    g_autofree char *name = cpu_word(feature->name.value);

    g_strdelimit(name, "_", '-');
    g_string_append_printf(out, ",%s=%s", name, is_wanted(feature) ? "on" : "off");
}

static const char *
cpu_model(const struct cvm_cpu *cpu)
{
    if (cvm_is_set(cpu->model)) {
        return cpu->model.value;
    }
    return cvm_text_is(cpu->mode, "maximum") ? "max" : "host";
}

static void
add_cpu(struct cvm_qemu *qemu)
{
    const struct cvm_cpu *cpu = &qemu->domain->cpu;
    g_autofree char *model = cpu_word(cpu_model(cpu));
    g_autoptr(GString) out = g_string_new(model);

    if (!cvm_is_set(cpu->model) && cvm_is_set(cpu->migratable)) {
        g_string_append_printf(out, ",migratable=%s", cpu->migratable.value);
    }
    cvm_each (struct cvm_cpu_feature, feature, &cpu->feature) {
        if (cvm_is_set(feature->name)) {
            append_feature(out, feature);
        }
    }
    append_word(out, "pmu", &qemu->domain->features.pmu);
    /* libvirt compares afterwards what the guest got; QEMU's own word for that ends it instead. */
    g_string_append(out, cvm_text_is(cpu->check, "full") ? ",enforce" : "");
    cvm_qemu_add(qemu, "-cpu", "%s", out->str);
}

static void
append_count(GString *out, const char *level, const struct cvm_uint *count)
{
    if (cvm_is_set(*count)) {
        g_string_append_printf(out, ",%s=%" G_GUINT64_FORMAT, level, count->value);
    }
}

/* A socket a vCPU where nothing is said, as libvirt has it. */
static void
add_vcpus(struct cvm_qemu *qemu)
{
    const struct cvm_vcpu *vcpu = &qemu->domain->vcpu;
    uint64_t count = cvm_is_set(vcpu->count) ? vcpu->count.value : 1;
    uint64_t current = cvm_is_set(vcpu->current) ? vcpu->current.value : count;
    g_autoptr(GString) out = g_string_new(NULL);

    g_string_append_printf(out, "%" G_GUINT64_FORMAT, current);
    if (current != count) {
        g_string_append_printf(out, ",maxcpus=%" G_GUINT64_FORMAT, count);
    }
    if (cvm_is_set(vcpu->cores)) {
        append_count(out, "sockets", &vcpu->sockets);
        append_count(out, "dies", &vcpu->dies);
        append_count(out, "cores", &vcpu->cores);
        append_count(out, "threads", &vcpu->threads);
    } else {
        g_string_append_printf(out, ",sockets=%" G_GUINT64_FORMAT ",cores=1,threads=1", count);
    }
    cvm_qemu_add(qemu, "-smp", "%s", out->str);
    for (uint64_t i = 1;
         cvm_is_set(vcpu->iothreads) && i <= MIN(vcpu->iothreads.value, IOTHREADS_MAX); i++) {
        cvm_qemu_add_json(qemu, "-object",
                          cvm_qemu_object("iothread", "iothread%" G_GUINT64_FORMAT, i));
    }
}

/* ---- the rest ---- */

/* The socket on which measurements are asked for and secrets are given. */
static void
add_monitor(struct cvm_qemu *qemu)
{
    cvm_qemu_add(qemu, "-chardev", "socket,id=charmonitor,path=%s,server=on,wait=off",
                 cvm_qemu_run_path(qemu, "monitor.sock"));
    cvm_qemu_add(qemu, "-mon", "chardev=charmonitor,id=monitor,mode=control");
}

static void
add_clock(struct cvm_qemu *qemu)
{
    const struct cvm_clock *clock = &qemu->domain->clock;

    if (cvm_is_set(clock->timezone)) {
        qemu->timezone = clock->timezone.value;
    }
    cvm_qemu_add(qemu, "-rtc", "base=%s",
                 cvm_is_set(clock->timezone) || cvm_text_is(clock->offset, "localtime")
                     ? "localtime"
                     : "utc");
}

/* What libvirt does itself when QEMU reports these, QEMU is told to do. A guest whose vCPUs cannot
 * be reset is better ended than left hanging in the middle of a reset. */
static void
add_lifecycle(struct cvm_qemu *qemu)
{
    const struct cvm_domain *domain = qemu->domain;
    gboolean keeps = cvm_text_is(domain->on_poweroff, "preserve");

    if (cvm_text_is(domain->on_reboot, "destroy")) {
        cvm_qemu_add_flag(qemu, "-no-reboot");
    } else if (cvm_text_is(domain->on_reboot, "preserve")) {
        cvm_qemu_add(qemu, "-action", "reboot=shutdown");
        keeps = TRUE;
    }
    if (keeps) {
        cvm_qemu_add(qemu, "-action", "shutdown=pause");
    }
    if (cvm_text_is(domain->on_crash, "preserve")) {
        cvm_qemu_add(qemu, "-action", "panic=pause");
    }
}

static void
add_suspend(struct cvm_qemu *qemu)
{
    const struct cvm_pm *pm = &qemu->domain->pm;
    const char *device = cvm_qemu_is_i440fx(qemu->domain) ? "PIIX4_PM" : "ICH9-LPC";

    if (cvm_is_set(pm->suspend_to_mem)) {
        cvm_qemu_add(qemu, "-global", "%s.disable_s3=%d", device, !pm->suspend_to_mem.value);
    }
    if (cvm_is_set(pm->suspend_to_disk)) {
        cvm_qemu_add(qemu, "-global", "%s.disable_s4=%d", device, !pm->suspend_to_disk.value);
    }
}

static gboolean
has_display(const struct cvm_domain *domain)
{
    cvm_each (struct cvm_graphics, graphics, &domain->devices.graphics) {
        if (!cvm_text_is(graphics->type, "none")) {
            return TRUE;
        }
    }
    return FALSE;
}

void
cvm_qemu_frame(struct cvm_qemu *qemu)
{
    const struct cvm_domain *domain = qemu->domain;

    if (!cvm_text_is(domain->virt_type, "qemu")) {
        cvm_qemu_need_device(qemu, "/dev/kvm", TRUE);
    }
    add_name(qemu);
    add_firmware(qemu);
    add_machine(qemu);
    add_cpu(qemu);
    add_rom(qemu);
    cvm_qemu_memory(qemu);
    add_vcpus(qemu);
    cvm_qemu_cells(qemu);
    if (cvm_is_set(domain->uuid)) {
        cvm_qemu_add(qemu, "-uuid", "%s", domain->uuid.value);
    }
    if (!has_display(domain)) {
        cvm_qemu_add(qemu, "-display", "none");
    }
    cvm_qemu_add_flag(qemu, "-no-user-config");
    cvm_qemu_add_flag(qemu, "-nodefaults");
    add_monitor(qemu);
    add_clock(qemu);
    add_lifecycle(qemu);
    add_suspend(qemu);
    add_boot(qemu);
}

/* libvirt's sandbox: seccomp takes from QEMU the system calls that it has no use for. A bridge's
 * helper is another program, and gains the right to make a network device. */
void
cvm_qemu_frame_end(struct cvm_qemu *qemu)
{
    cvm_qemu_launch(qemu, LAUNCH_ID);
    cvm_qemu_add(
        qemu, "-sandbox", "on,obsolete=deny,elevateprivileges=%s,spawn=%s,resourcecontrol=deny",
        qemu->starts_programs ? "allow" : "deny", qemu->starts_programs ? "allow" : "deny");
    if (cvm_is_on(qemu->domain->features.vmcoreinfo)) {
        cvm_qemu_add_json(qemu, "-device", cvm_qemu_driver("vmcoreinfo"));
    }
    cvm_qemu_add(qemu, "-msg", "timestamp=on");
    cvm_qemu_place_process(qemu);
}
