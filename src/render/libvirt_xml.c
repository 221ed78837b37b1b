/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain as libvirt's XML, elements and attributes in the order in which libvirt itself writes
 * them (virDomainDefFormatInternalSetRootName). */
#include "render/libvirt_xml.h"

#include "model/policy.h"
#include "render/render.h"
#include "util/i18n.h"
#include "util/number.h"

static void
write_kib(struct cvm_xml *xml, const char *name, const struct cvm_uint *bytes)
{
    if (cvm_is_set(*bytes)) {
        cvm_xml_start(xml, name);
        cvm_xml_attribute(xml, "unit", "KiB");
        cvm_xml_text_uint(xml, cvm_kib(bytes->value));
        cvm_xml_end(xml);
    }
}

static void
write_identity(struct cvm_xml *xml, const struct cvm_domain *domain)
{
    cvm_element_text(xml, "name", &domain->name);
    cvm_element_text(xml, "uuid", &domain->uuid);
    cvm_element_text(xml, "title", &domain->title);
    cvm_element_text(xml, "description", &domain->description);
    if (cvm_is_set(domain->metadata)) {
        cvm_xml_start(xml, "metadata");
        cvm_xml_fragment(xml, domain->metadata.value);
        cvm_xml_end(xml);
    }
}

static void
write_memory(struct cvm_xml *xml, const struct cvm_memory *memory)
{
    if (cvm_is_set(memory->max)) {
        cvm_xml_start(xml, "maxMemory");
        cvm_attribute_uint(xml, "slots", &memory->slots);
        cvm_xml_attribute(xml, "unit", "KiB");
        cvm_xml_text_uint(xml, cvm_kib(memory->max.value));
        cvm_xml_end(xml);
    }
    if (cvm_is_set(memory->size)) {
        cvm_xml_start(xml, "memory");
        cvm_attribute_on(xml, "dumpCore", &memory->dump_core);
        cvm_xml_attribute(xml, "unit", "KiB");
        cvm_xml_text_uint(xml, cvm_kib(memory->size.value));
        cvm_xml_end(xml);
    }
    write_kib(xml, "currentMemory", &memory->current);
    cvm_xml_start(xml, "memtune");
    write_kib(xml, "hard_limit", &memory->hard_limit);
    cvm_xml_end_unless_empty(xml);
}

static void
write_word(struct cvm_xml *xml, const char *element, const char *attribute,
           const struct cvm_text *value)
{
    if (cvm_is_set(*value)) {
        cvm_xml_start(xml, element);
        cvm_xml_attribute(xml, attribute, value->value);
        cvm_xml_end(xml);
    }
}

static void
write_presence(struct cvm_xml *xml, const char *element, const struct cvm_flag *flag)
{
    if (cvm_is_on(*flag)) {
        cvm_xml_start(xml, element);
        cvm_xml_end(xml);
    }
}

static void
write_memory_backing(struct cvm_xml *xml, const struct cvm_memory *memory)
{
    cvm_xml_start(xml, "memoryBacking");
    if (cvm_is_set(memory->hugepages)) {
        cvm_xml_start(xml, "hugepages");
        cvm_xml_start(xml, "page");
        cvm_xml_attribute_uint(xml, "size", cvm_kib(memory->hugepages.value));
        cvm_xml_attribute(xml, "unit", "KiB");
        cvm_xml_end(xml);
        cvm_xml_end(xml);
    }
    write_presence(xml, "nosharepages", &memory->nosharepages);
    write_presence(xml, "locked", &memory->locked);
    write_word(xml, "source", "type", &memory->source);
    write_word(xml, "access", "mode", &memory->access);
    write_word(xml, "allocation", "mode", &memory->allocation);
    cvm_xml_end_unless_empty(xml);
}

static void
write_vcpu(struct cvm_xml *xml, const struct cvm_vcpu *vcpu)
{
    if (cvm_is_set(vcpu->count)) {
        cvm_xml_start(xml, "vcpu");
        cvm_xml_attribute(xml, "placement", "static");
        cvm_attribute_text(xml, "cpuset", &vcpu->cpuset);
        cvm_attribute_uint(xml, "current", &vcpu->current);
        cvm_xml_text_uint(xml, vcpu->count.value);
        cvm_xml_end(xml);
    }
    if (cvm_is_set(vcpu->iothreads)) {
        cvm_xml_start(xml, "iothreads");
        cvm_xml_text_uint(xml, vcpu->iothreads.value);
        cvm_xml_end(xml);
    }
}

static void
write_pins(struct cvm_xml *xml, const char *element, const char *attribute,
           const struct cvm_list *pins)
{
    cvm_each (struct cvm_pin, pin, pins) {
        cvm_xml_start(xml, element);
        cvm_attribute_uint(xml, attribute, &pin->id);
        cvm_attribute_text(xml, "cpuset", &pin->cpuset);
        cvm_xml_end(xml);
    }
}

static void
write_cputune(struct cvm_xml *xml, const struct cvm_vcpu *vcpu)
{
    cvm_xml_start(xml, "cputune");
    write_pins(xml, "vcpupin", "vcpu", &vcpu->pin);
    write_word(xml, "emulatorpin", "cpuset", &vcpu->emulatorpin);
    write_pins(xml, "iothreadpin", "iothread", &vcpu->iothreadpin);
    cvm_xml_end_unless_empty(xml);
}

static void
write_numatune(struct cvm_xml *xml, const struct cvm_domain *domain)
{
    const struct cvm_numatune *numatune = &domain->numatune;

    cvm_xml_start(xml, "numatune");
    if (cvm_is_set(numatune->nodeset)) {
        cvm_xml_start(xml, "memory");
        cvm_attribute_text(xml, "mode", &numatune->mode);
        cvm_attribute_text(xml, "nodeset", &numatune->nodeset);
        cvm_xml_end(xml);
    }
    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        if (cvm_is_set(cell->nodeset)) {
            cvm_xml_start(xml, "memnode");
            cvm_attribute_uint(xml, "cellid", &cell->id);
            cvm_attribute_text(xml, "mode", cvm_is_set(cell->mode) ? &cell->mode : &numatune->mode);
            cvm_attribute_text(xml, "nodeset", &cell->nodeset);
            cvm_xml_end(xml);
        }
    }
    cvm_xml_end_unless_empty(xml);
}

/* libvirt knows the loader's and the variable store's format since 9.2 (formatdomain, "BIOS
 * bootloader"); raw is what its absence means. */
static void
write_format(struct cvm_xml *xml, const char *attribute, const struct cvm_text *format,
             const struct cvm_host *host)
{
    gboolean old = host && host->libvirt_version && host->libvirt_version < CVM_VERSION(9, 2, 0);

    if (!old || !cvm_text_is(*format, "raw")) {
        cvm_attribute_text(xml, attribute, format);
    }
}

static void
write_loader(struct cvm_xml *xml, const struct cvm_os *os, const struct cvm_host *host)
{
    cvm_xml_start(xml, "loader");
    cvm_attribute_yes(xml, "readonly", &os->readonly);
    cvm_attribute_yes(xml, "secure", &os->secure);
    cvm_attribute_text(xml, "type", &os->type);
    cvm_attribute_yes(xml, "stateless", &os->stateless);
    write_format(xml, "format", &os->format, host);
    if (cvm_is_set(os->loader)) {
        cvm_xml_text(xml, os->loader.value);
    }
    cvm_xml_end_unless_empty(xml);

    cvm_xml_start(xml, "nvram");
    cvm_attribute_text(xml, "template", &os->nvram_template);
    write_format(xml, "format", &os->nvram_format, host);
    if (cvm_is_set(os->nvram)) {
        cvm_xml_text(xml, os->nvram.value);
    }
    cvm_xml_end_unless_empty(xml);
}

static void
write_os(struct cvm_xml *xml, const struct cvm_domain *domain, const struct cvm_host *host)
{
    const struct cvm_os *os = &domain->os;

    cvm_xml_start(xml, "os");
    if (cvm_text_is(os->firmware, "efi")) {
        cvm_xml_attribute(xml, "firmware", "efi");
    }
    cvm_xml_start(xml, "type");
    cvm_attribute_text(xml, "arch", &os->arch);
    cvm_attribute_text(xml, "machine", &os->machine);
    cvm_xml_text(xml, "hvm");
    cvm_xml_end(xml);
    write_loader(xml, os, host);
    cvm_element_text(xml, "kernel", &os->kernel);
    cvm_element_text(xml, "initrd", &os->initrd);
    cvm_element_text(xml, "cmdline", &os->cmdline);
    cvm_each (struct cvm_boot, boot, &os->boot) {
        write_word(xml, "boot", "dev", &boot->dev);
    }
    if (cvm_is_set(os->bootmenu)) {
        cvm_xml_start(xml, "bootmenu");
        cvm_attribute_yes(xml, "enable", &os->bootmenu);
        cvm_xml_end(xml);
    }
    cvm_xml_end(xml);
}

static void
write_state(struct cvm_xml *xml, const char *element, const struct cvm_flag *state)
{
    if (cvm_is_set(*state)) {
        cvm_xml_start(xml, element);
        cvm_attribute_on(xml, "state", state);
        cvm_xml_end(xml);
    }
}

static void
write_features(struct cvm_xml *xml, const struct cvm_features *features)
{
    cvm_xml_start(xml, "features");
    write_presence(xml, "acpi", &features->acpi);
    write_presence(xml, "apic", &features->apic);
    write_presence(xml, "pae", &features->pae);
    write_state(xml, "pmu", &features->pmu);
    write_state(xml, "vmport", &features->vmport);
    write_state(xml, "smm", &features->smm);
    write_word(xml, "ioapic", "driver", &features->ioapic);
    write_state(xml, "vmcoreinfo", &features->vmcoreinfo);
    cvm_xml_end_unless_empty(xml);
}

static void
write_cells(struct cvm_xml *xml, const struct cvm_list *cells)
{
    cvm_xml_start(xml, "numa");
    cvm_each (struct cvm_cell, cell, cells) {
        cvm_xml_start(xml, "cell");
        cvm_attribute_uint(xml, "id", &cell->id);
        cvm_attribute_text(xml, "cpus", &cell->cpus);
        if (cvm_is_set(cell->memory)) {
            cvm_xml_attribute_uint(xml, "memory", cvm_kib(cell->memory.value));
            cvm_xml_attribute(xml, "unit", "KiB");
        }
        cvm_attribute_text(xml, "memAccess", &cell->mem_access);
        cvm_xml_end(xml);
    }
    cvm_xml_end_unless_empty(xml);
}

static void
write_cpu_model(struct cvm_xml *xml, const struct cvm_text *model)
{
    if (cvm_is_set(*model)) {
        cvm_xml_start(xml, "model");
        cvm_xml_attribute(xml, "fallback", "forbid");
        cvm_xml_text(xml, model->value);
        cvm_xml_end(xml);
    }
}

static void
write_cpu(struct cvm_xml *xml, const struct cvm_domain *domain)
{
    const struct cvm_cpu *cpu = &domain->cpu;
    const struct cvm_vcpu *vcpu = &domain->vcpu;

    cvm_xml_start(xml, "cpu");
    cvm_attribute_text(xml, "mode", &cpu->mode);
    if (cvm_text_is(cpu->mode, "custom")) {
        cvm_xml_attribute(xml, "match", "exact");
    }
    cvm_attribute_text(xml, "check", &cpu->check);
    cvm_attribute_text(xml, "migratable", &cpu->migratable);
    write_cpu_model(xml, &cpu->model);
    cvm_xml_start(xml, "topology");
    cvm_attribute_uint(xml, "sockets", &vcpu->sockets);
    cvm_attribute_uint(xml, "dies", &vcpu->dies);
    cvm_attribute_uint(xml, "cores", &vcpu->cores);
    cvm_attribute_uint(xml, "threads", &vcpu->threads);
    cvm_xml_end_unless_empty(xml);
    cvm_each (struct cvm_cpu_feature, feature, &cpu->feature) {
        cvm_xml_start(xml, "feature");
        cvm_attribute_text(xml, "policy", &feature->policy);
        cvm_attribute_text(xml, "name", &feature->name);
        cvm_xml_end(xml);
    }
    write_cells(xml, &cpu->numa);
    cvm_xml_end_unless_empty(xml);
}

static void
write_clock(struct cvm_xml *xml, const struct cvm_clock *clock)
{
    if (cvm_is_set(clock->timezone)) {
        cvm_xml_start(xml, "clock");
        cvm_xml_attribute(xml, "offset", "timezone");
        cvm_xml_attribute(xml, "timezone", clock->timezone.value);
        cvm_xml_end(xml);
    } else {
        write_word(xml, "clock", "offset", &clock->offset);
    }
}

static void
write_enabled(struct cvm_xml *xml, const char *element, const struct cvm_flag *enabled)
{
    if (cvm_is_set(*enabled)) {
        cvm_xml_start(xml, element);
        cvm_attribute_yes(xml, "enabled", enabled);
        cvm_xml_end(xml);
    }
}

static void
write_lifecycle(struct cvm_xml *xml, const struct cvm_domain *domain)
{
    cvm_element_text(xml, "on_poweroff", &domain->on_poweroff);
    cvm_element_text(xml, "on_reboot", &domain->on_reboot);
    cvm_element_text(xml, "on_crash", &domain->on_crash);
    cvm_xml_start(xml, "pm");
    write_enabled(xml, "suspend-to-mem", &domain->pm.suspend_to_mem);
    write_enabled(xml, "suspend-to-disk", &domain->pm.suspend_to_disk);
    cvm_xml_end_unless_empty(xml);
}

static void
write_blob(struct cvm_xml *xml, const char *element, const struct cvm_blob *blob)
{
    if (cvm_is_set(*blob)) {
        cvm_xml_element(xml, element, blob->base64);
    }
}

static void
write_number(struct cvm_xml *xml, const char *element, const struct cvm_uint *number)
{
    if (cvm_is_set(*number)) {
        cvm_xml_start(xml, element);
        cvm_xml_text_uint(xml, number->value);
        cvm_xml_end(xml);
    }
}

/* Written whole whatever the libvirt: one that does not know the type refuses the domain, while
 * leaving it out would start the guest unencrypted. */
static void
write_launch(struct cvm_xml *xml, const struct cvm_launch *launch)
{
    const char *type = cvm_guest_info(launch->guest)->libvirt_type;

    if (!type && (cvm_is_unset(*launch) || cvm_text_is(launch->type, "none"))) {
        return;
    }
    if (!type) { /* not understood, but asked for (--force): libvirt refuses such a type */
        type = cvm_is_set(launch->type) ? launch->type.value : "";
    }
    cvm_xml_start(xml, "launchSecurity");
    cvm_xml_attribute(xml, "type", type);
    cvm_attribute_yes(xml, "kernelHashes", &launch->kernel_hashes);
    cvm_attribute_yes(xml, "authorKey", &launch->author_key);
    cvm_attribute_yes(xml, "vcek", &launch->vcek);
    write_number(xml, "cbitpos", &launch->cbitpos);
    write_number(xml, "reducedPhysBits", &launch->reduced_phys_bits);
    if (cvm_is_set(launch->policy)) {
        g_autofree char *policy = cvm_policy_format(launch->guest, launch->policy.value);

        cvm_xml_element(xml, "policy", policy);
    }
    write_blob(xml, "dhCert", &launch->dh_cert);
    write_blob(xml, "session", &launch->session);
    write_blob(xml, "guestVisibleWorkarounds", &launch->guest_visible_workarounds);
    write_blob(xml, "idBlock", &launch->id_block);
    write_blob(xml, "idAuth", &launch->id_auth);
    write_blob(xml, "hostData", &launch->host_data);
    cvm_xml_end(xml);
}

static void
render_libvirt(const struct cvm_domain *domain, const struct cvm_host *host, GString *out)
{
    struct cvm_xml xml;

    cvm_xml_init(&xml, out);
    cvm_xml_start(&xml, "domain");
    cvm_attribute_text(&xml, "type", &domain->virt_type);
    write_identity(&xml, domain);
    write_memory(&xml, &domain->memory);
    write_memory_backing(&xml, &domain->memory);
    write_vcpu(&xml, &domain->vcpu);
    write_cputune(&xml, &domain->vcpu);
    write_numatune(&xml, domain);
    write_os(&xml, domain, host);
    write_features(&xml, &domain->features);
    write_cpu(&xml, domain);
    write_clock(&xml, &domain->clock);
    write_lifecycle(&xml, domain);
    cvm_libvirt_devices(&xml, &domain->devices);
    write_launch(&xml, &domain->launch);
    cvm_xml_end(&xml);
}

const struct cvm_renderer cvm_renderer_libvirt = {
    .name = "libvirt",
    .suffix = ".xml",
    .summary = N_("libvirt domain XML"),
    .render = render_libvirt,
};
