/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host record as it is written: nothing is lost on the way through a file, nothing that names a
 * machine gets in, and whatever a machine says, the result is XML by the schema. */
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <string.h>

#include "capture/capture.h"
#include "host_fixture.h"
#include "read/read.h"
#include "unit.h"
#include "util/error.h"

/* ---- a host as text, member by member ---- */

static void
dump_strings(GString *out, const char *title, const struct cvm_strings *list)
{
    g_string_append_printf(out, "%s:%s", title, list->items ? "" : " unknown");
    for (unsigned i = 0; i < list->count; i++) {
        g_string_append_printf(out, " '%s'", list->items[i]);
    }
    g_string_append_c(out, '\n');
}

static void
dump_device(GString *out, const struct cvm_device_node *device)
{
    g_string_append_printf(out, "device: %d %o %s %s\n", device->present, device->mode,
                           device->owner, device->group);
}

static void
dump_domcaps(GString *out, const struct cvm_domcaps *caps)
{
    g_string_append_printf(out, "domcaps: %s %s %s %s %u secure %d, modes %d %d %d, %s %s\n",
                           caps->emulator, caps->virt_type, caps->machine, caps->arch,
                           caps->vcpu_max, caps->loader_secure, caps->host_passthrough,
                           caps->host_model_supported, caps->maximum, caps->host_model,
                           caps->host_vendor);
    g_string_append_printf(out, "sev: %d %u %u %d %u %u %d\n", caps->sev, caps->cbitpos,
                           caps->reduced_phys_bits, caps->has_max_guests, caps->max_guests,
                           caps->max_es_guests, caps->has_sectypes);
    dump_strings(out, "firmware", &caps->firmware);
    dump_strings(out, "loaders", &caps->loaders);
    dump_strings(out, "loader types", &caps->loader_types);
    dump_strings(out, "sectypes", &caps->sectypes);
    for (unsigned i = 0; i < caps->n_models; i++) {
        const struct cvm_cpu_model *model = &caps->models[i];

        g_string_append_printf(out, "model %s %d %s %s %d\n", model->name, model->usable,
                               model->vendor, model->canonical, model->deprecated);
    }
    for (unsigned i = 0; i < caps->n_device_enums; i++) {
        g_string_append_printf(out, "%s %s ", caps->device_enums[i].device,
                               caps->device_enums[i].name);
        dump_strings(out, "enum", &caps->device_enums[i].values);
    }
}

static void
dump_topology(GString *out, const struct cvm_topology *topology)
{
    for (unsigned i = 0; i < topology->n_nodes; i++) {
        const struct cvm_host_node *node = &topology->nodes[i];

        g_string_append_printf(out, "node %u %" G_GUINT64_FORMAT "\n", node->id, node->memory);
        for (unsigned j = 0; j < node->n_pools; j++) {
            const struct cvm_page_pool *pool = &node->pools[j];

            g_string_append_printf(
                out, "pool %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %d\n",
                pool->size, pool->count, pool->free, pool->has_free);
        }
        for (unsigned j = 0; j < node->n_cpus; j++) {
            const struct cvm_host_cpu *cpu = &node->cpus[j];

            g_string_append_printf(out, "cpu %u %u %u %u %s\n", cpu->id, cpu->socket, cpu->die,
                                   cpu->core, cpu->siblings);
        }
        for (unsigned j = 0; node->distances && j < topology->n_nodes; j++) {
            g_string_append_printf(out, "distance %u\n", node->distances[j]);
        }
    }
}

static void
dump_firmware(GString *out, const struct cvm_host *host)
{
    g_string_append_printf(out, "firmware: %d %s\n", host->has_firmware, host->malformed_firmware);
    for (unsigned i = 0; i < host->n_firmware; i++) {
        const struct cvm_firmware *from = &host->firmware[i];

        g_string_append_printf(out, "%s %s %d %s %s %s %s\n", from->path, from->description,
                               from->device, from->executable, from->executable_format,
                               from->nvram_template, from->nvram_format);
        dump_strings(out, "interfaces", &from->interfaces);
        dump_strings(out, "targets", &from->targets);
        dump_strings(out, "features", &from->features);
    }
    for (unsigned i = 0; i < host->n_images; i++) {
        const struct cvm_ovmf *image = &host->images[i];

        g_string_append_printf(out,
                               "image %s %" G_GUINT64_FORMAT
                               " %d %d, reset %d %u, hash %d %u %u, secret %d %u %u, metadata %d\n",
                               image->path, image->size, image->has_table, image->has_vars,
                               image->has_reset_block, image->reset_address, image->has_hash_table,
                               image->hash_base, image->hash_size, image->has_secret_area,
                               image->secret_base, image->secret_size, image->has_metadata);
        for (unsigned j = 0; j < image->n_sections; j++) {
            g_string_append_printf(out, "section %u %u %u\n", image->sections[j].type,
                                   image->sections[j].address, image->sections[j].size);
        }
    }
}

static void
dump_machine(GString *out, const struct cvm_host *host)
{
    g_string_append_printf(out, "versions: %u %u %u, firmware %d %u.%u %u\n", host->libvirt_version,
                           host->qemu_version, host->kernel_version, host->has_sev_firmware,
                           host->sev_api_major, host->sev_api_minor, host->sev_build);
    g_string_append_printf(out, "kvm_amd: %d %d %d, hidden %d %u\n", host->kvm_amd_sev,
                           host->kvm_amd_sev_es, host->kvm_amd_sev_snp, host->has_ciphertext_hiding,
                           host->ciphertext_hiding_asids);
    g_string_append_printf(out, "asids: %d %u %u, %d %u %u\n", host->capacity.known,
                           host->capacity.sev, host->capacity.sev_es, host->in_use.known,
                           host->in_use.sev, host->in_use.sev_es);
    g_string_append_printf(out, "running: %d %u %u %u\n", host->running.known, host->running.sev,
                           host->running.sev_es, host->running.sev_snp);
    g_string_append_printf(out, "smt %d, iommu %d %d, memlock %d %" G_GUINT64_FORMAT "\n",
                           host->smt, host->iommu_enabled, host->iommu_passthrough,
                           host->has_memlock, host->memlock);
    g_string_append_printf(out, "times: %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
                           host->caps_cached, host->parameters_changed);
    g_string_append_printf(out, "cpu: %s %u %u %d %u\n", host->cpu_model_name, host->cpu_family,
                           host->cpu_model, host->has_cpu_stepping, host->cpu_stepping);
    g_string_append_printf(out, "cpuid: %d %x %x %x %x\n", host->cpuid_sev.known,
                           host->cpuid_sev.eax, host->cpuid_sev.ebx, host->cpuid_sev.ecx,
                           host->cpuid_sev.edx);
    for (unsigned i = 0; i < host->n_msrs; i++) {
        g_string_append_printf(out, "msr: %s %" G_GINT64_MODIFIER "x\n", host->msrs[i].name,
                               host->msrs[i].value);
    }
    for (unsigned i = 0; i < host->n_modules; i++) {
        g_string_append_printf(out, "module: %s %d\n", host->modules[i].name,
                               host->modules[i].loaded);
    }
    g_string_append_printf(out, "user: %s %s, apparmor %d %d, platform %s %u, hugetlbfs %d\n",
                           host->qemu_user, host->qemu_group, host->apparmor,
                           host->apparmor_dev_sev, host->sev_state, host->sev_guests,
                           host->has_hugetlbfs);
    for (unsigned i = 0; i < host->n_hugetlbfs; i++) {
        g_string_append_printf(out, "mount: %" G_GUINT64_FORMAT "\n", host->hugetlbfs[i]);
    }
    dump_device(out, &host->dev_sev);
    dump_device(out, &host->dev_kvm);
    dump_strings(out, "flags", &host->cpu_flags);
    dump_strings(out, "options", &host->kernel_options);
    dump_strings(out, "messages", &host->kernel_messages);
    dump_strings(out, "cgroup", &host->cgroup_controllers);
}

static char *
dump(const struct cvm_host *host)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "%s, domcaps %d, topology %d\n", host->name, host->has_domcaps,
                           host->has_topology);
    dump_machine(out, host);
    dump_domcaps(out, &host->domcaps);
    dump_topology(out, &host->topology);
    dump_firmware(out, host);
    return g_string_free(out, FALSE);
}

/* ---- a host as a record ---- */

static void
add_part(struct cvm_record *record, const struct cvm_node *node)
{
    struct cvm_arena *arena = record->host->arena;

    for (const struct cvm_node *item = node->children; item; item = item->next) {
        if (g_str_equal(item->name, "parameter")) {
            const struct cvm_capture_parameter parameter = {
                .module = cvm_node_attribute_text(node, "name"),
                .name = cvm_node_attribute_text(item, "name"),
                .value = item->text ? item->text : "",
            };

            g_array_append_val(record->parameters, parameter);
        } else if (g_str_equal(item->name, "descriptor")) {
            const struct cvm_capture_file file = {
                .path = cvm_node_attribute_text(item, "path"),
                .text = item->text ? item->text : "",
            };

            g_array_append_val(record->descriptors, file);
        } else if (g_str_equal(item->name, "kernel")) {
            record->kernel_release = cvm_arena_strdup(arena, item->text);
        }
    }
}

static void
add_free_pages(struct cvm_record *record)
{
    const struct cvm_topology *topology = &record->host->topology;

    for (unsigned i = topology->n_nodes; i-- > 0;) {
        for (unsigned j = 0; j < topology->nodes[i].n_pools; j++) {
            const struct cvm_page_pool *pool = &topology->nodes[i].pools[j];

            if (pool->has_free) {
                cvm_record_set_free_pages(
                    record,
                    &(struct cvm_free_pages){ topology->nodes[i].id, pool->size, pool->free });
            }
        }
    }
}

/* The reverse of reading: as if a machine had said all that. Takes the host over. */
static struct cvm_record *
record_of(struct cvm_host *host)
{
    struct cvm_record *record = cvm_record_new(NULL);

    cvm_host_free(record->host);
    record->host = host;
    add_free_pages(record);
    for (const struct cvm_node *node = host->root->children; node; node = node->next) {
        if (g_str_has_suffix(node->name, "apabilities")) {
            ck_assert_int_eq(cvm_record_add_capabilities(record, node->source->data + node->start,
                                                         node->end - node->start, NULL),
                             0);
        } else {
            add_part(record, node);
        }
    }
    return record;
}

static struct cvm_host *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    struct cvm_host *host = cvm_host_parse("host", text, strlen(text), &error);

    ck_assert_msg(host, "%s: %s", error ? error->message : "?", text);
    return host;
}

static void
assert_valid(const char *text)
{
    g_autofree char *path = unit_source_path("schemas/host.rng");
    xmlRelaxNGParserCtxtPtr parser = xmlRelaxNGNewParserCtxt(path);
    xmlRelaxNGPtr schema = xmlRelaxNGParse(parser);
    xmlRelaxNGValidCtxtPtr context = xmlRelaxNGNewValidCtxt(schema);
    xmlDocPtr document = xmlReadMemory(text, (int)strlen(text), "record", NULL, XML_PARSE_NONET);

    ck_assert_msg(document, "no XML: %s", text);
    ck_assert_msg(xmlRelaxNGValidateDoc(context, document) == 0, "not valid: %s", text);
    xmlFreeDoc(document);
    xmlRelaxNGFreeValidCtxt(context);
    xmlRelaxNGFree(schema);
    xmlRelaxNGFreeParserCtxt(parser);
}

/* Read, written, read: the same host. Written once more: the same bytes. */
static void
assert_round_trip(const char *text)
{
    struct cvm_host *read = parse(text);
    g_autofree char *before = dump(read);
    CVM_AUTO(record) *record = record_of(read);
    g_autofree char *written = cvm_record_write(record, FALSE);
    struct cvm_host *again = parse(written);
    g_autofree char *after = dump(again);
    CVM_AUTO(record) *second = record_of(again);
    g_autofree char *twice = cvm_record_write(second, FALSE);

    ck_assert_str_eq(before, after);
    ck_assert_str_eq(written, twice);
    assert_valid(written);
}

START_TEST(test_bundled)
{
    static const char *const names[] = { "epyc-genoa-snp", "epyc-rome-sev", "xeon-nosev" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *relative = g_strdup_printf("profiles/hosts/%s.xml", names[i]);
        g_autofree char *path = unit_source_path(relative);
        g_autofree char *text = NULL;

        ck_assert(g_file_get_contents(path, &text, NULL, NULL));
        assert_round_trip(text);
    }
}
END_TEST

#define RECORD(content) "<cvmdomHost version='1' name='n'>" content "</cvmdomHost>"
#define ALL                                                                                        \
    "<versions><libvirt>11.3.0</libvirt><qemu>10.0.13</qemu><kernel>6.12.48+deb13-amd64</kernel>"  \
    "<sevFirmware api='1.55' build='39'/></versions>"                                              \
    "<processor family='25' model='17' stepping='0' flags='sev sev_es'>AMD EPYC</processor>"       \
    "<cpuid leaf='0x8000001f' eax='0x5b' ebx='51' ecx='0x1fd' edx='100'/>"                         \
    "<msr name='SYSCFG' value='0x3f40000'/><msr name='RMP_END' value='0xffffffffffffffff'/>"       \
    "<kernel><option>iommu=pt</option><message>SEV-SNP: x &lt;y&gt;</message></kernel>"            \
    "<module name='ccp' loaded='no'/><module name='kvm_amd'><parameter name='sev'>Y</parameter>"   \
    "<parameter name='sev_es'>N</parameter><parameter "                                            \
    "name='ciphertext_hiding_asids'>9</parameter>"                                                 \
    "</module><misc><capacity sev='907' sev_es='99'/><current sev='1' sev_es='2'/></misc>"         \
    "<sevPlatform state='working' guests='3'/><guests sev='1' sev_snp='2'/><smt active='no'/>"     \
    "<iommu enabled='yes' passthrough='no'/>"                                                      \
    "<device path='/dev/kvm' mode='0666'/><device path='/dev/sev' present='no'/>"                  \
    "<memlock limit='infinity'/><qemuUser user='libvirt-qemu' group='kvm'/>"                       \
    "<apparmor enabled='yes' devSev='no'/><cgroup controllers='cpu misc'/>"                        \
    "<hugetlbfs><mount unit='KiB' size='2048'/></hugetlbfs>"                                       \
    "<times capabilitiesCached='1' parametersChanged='2'/>"

START_TEST(test_every_element)
{
    assert_round_trip(RECORD(ALL));
    assert_round_trip(RECORD(""));
    assert_round_trip(RECORD("<kernel options='no'/><apparmor enabled='no'/><hugetlbfs/>"));
    assert_round_trip(RECORD("<kernel messages='no'/><iommu enabled='no'/><firmware/><guests/>"));
    assert_round_trip(RECORD("<qemuUser group='kvm'/><device path='/dev/kvm' present='no'/>"
                             "<memlock limit='0'/><cgroup controllers=''/><misc><capacity/></misc>"
                             "<firmware><descriptor path='/etc/a.json'/><descriptor path='/b.json'>"
                             "{</descriptor><image path='/i' size='5' guidTable='no' "
                             "variableStore='yes'><metadata/></image></firmware>"));
}
END_TEST

/* What is written of everything, so that none of it goes missing on both ways at once. */
START_TEST(test_written_elements)
{
    static const char *const elements[] = {
        "<kernel>6.12.48+deb13-amd64</kernel>",
        "<sevFirmware api='1.55' build='39'/>",
        "<cpuid leaf='0x8000001f' eax='0x5b' ebx='0x33' ecx='0x1fd' edx='0x64'/>",
        "<msr name='RMP_END' value='0xffffffffffffffff'/>",
        "<module name='ccp' loaded='no'/>",
        "<parameter name='sev_es'>N</parameter>",
        "<current sev='1' sev_es='2'/>",
        "<sevPlatform state='working' guests='3'/>",
        "<guests sev='1' sev_es='0' sev_snp='2'/>",
        "<device path='/dev/kvm' mode='0666'/>",
        "<device path='/dev/sev' present='no'/>",
        "<memlock limit='infinity'/>",
        "<mount unit='KiB' size='2048'/>",
    };
    CVM_AUTO(record) *record = record_of(parse(RECORD(ALL)));
    g_autofree char *written = cvm_record_write(record, FALSE);

    for (size_t i = 0; i < G_N_ELEMENTS(elements); i++) {
        ck_assert_msg(strstr(written, elements[i]), "no %s in %s", elements[i], written);
    }
}
END_TEST

/* ---- what a machine may say ---- */

START_TEST(test_hostile_values)
{
    static const char nasty[] = "a\x01\x1b[31m\xff\r\n\t]]>&<'\"\xef\xbf\xbe\xed\xa0\x80";
    const struct cvm_capture_parameter parameter = { "kvm_amd", nasty, nasty };
    const struct cvm_capture_file file = { nasty, nasty };
    struct cvm_module module = { nasty, TRUE };
    struct cvm_msr msr = { nasty, 1 };
    struct cvm_ovmf image = { .path = nasty };
    CVM_AUTO(record) *record = cvm_record_new(nasty);
    struct cvm_host *host = record->host;
    g_autofree char *text = NULL;
    CVM_AUTO(host) *again = NULL;

    host->cpu_model_name = host->qemu_user = host->qemu_group = nasty;
    host->dev_sev = (struct cvm_device_node){ CVM_YES, 0600, nasty, nasty };
    host->cpu_flags = host->kernel_options = host->kernel_messages = host->cgroup_controllers =
        new_strings(host, nasty);
    host->modules = &module;
    host->msrs = &msr;
    host->images = &image;
    host->n_modules = host->n_msrs = host->n_images = 1;
    host->kernel_version = CVM_VERSION(6, 1, 0);
    record->kernel_release = "6.1\x1b[31m";
    record->pdh = record->cert_chain = record->cpu0_id = nasty;
    g_array_append_val(record->parameters, parameter);
    g_array_append_val(record->descriptors, file);
    text = cvm_record_write(record, TRUE);
    assert_valid(text);
    ck_assert(!strpbrk(text, "\x01\x1b\r"));
    ck_assert(strstr(text, "<kernel>6.1.0</kernel>"));
    again = parse(text);
    ck_assert_uint_eq(again->kernel_messages.count, 1);
    ck_assert_uint_eq(again->n_images, 1);
}
END_TEST

START_TEST(test_kernel_release)
{
    static const struct {
        const char *release, *written;
    } cases[] = {
        { "6.12.48+deb13-amd64", "<kernel>6.12.48+deb13-amd64</kernel>" },
        { "6.12", "<kernel>6.12</kernel>" },
        { "six", "<kernel>5.4.0</kernel>" },
        { "6.12\n", "<kernel>5.4.0</kernel>" },
        { "1234.1", "<kernel>5.4.0</kernel>" },
        { NULL, "<kernel>5.4.0</kernel>" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(record) *record = cvm_record_new(NULL);
        g_autofree char *text = NULL;

        record->host->kernel_version = CVM_VERSION(5, 4, 0);
        record->kernel_release = cases[i].release;
        text = cvm_record_write(record, FALSE);
        ck_assert_msg(strstr(text, cases[i].written), "%s", text);
        assert_valid(text);
    }
}
END_TEST

START_TEST(test_free_pages)
{
    static const struct cvm_free_pages all[] = {
        { 1, 2 << 20, 5 }, { 0, 1 << 30, 1 }, { 0, 4096, 77 }, { 0, 2 << 20, 3 }, { 1, 2 << 20, 6 },
    };
    CVM_AUTO(record) *record = cvm_record_new(NULL);
    g_autofree char *text = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        cvm_record_set_free_pages(record, &all[i]);
    }
    text = cvm_record_write(record, FALSE);
    ck_assert(strstr(text, "  <freePages>\n"
                           "    <node id='0'>\n"
                           "      <pages unit='KiB' size='2048'>3</pages>\n"
                           "      <pages unit='KiB' size='1048576'>1</pages>\n"
                           "    </node>\n"
                           "    <node id='1'>\n"
                           "      <pages unit='KiB' size='2048'>6</pages>\n"
                           "    </node>\n"
                           "  </freePages>\n"));
    assert_valid(text);
}
END_TEST

/* ---- what libvirt prints ---- */

static int
add(struct cvm_record *record, const char *xml, GError **error)
{
    return cvm_record_add_capabilities(record, xml, strlen(xml), error);
}

#define CAPABILITIES                                                                               \
    "<?xml version='1.0'?>\n<capabilities>\n\n  <host><uuid>4c4c4544-0032</uuid><cpu>"             \
    "<model>EPYC</model><counter name='tsc' frequency='3194999000'/></cpu>"                        \
    "<secmodel><model>dac</model><baselabel type='kvm'>+64055:+109</baselabel></secmodel>"         \
    "<topology><cells num='1'><cell id='3'><memory "                                               \
    "unit='KiB'>8</memory></cell></cells></topology>"                                              \
    "</host><!-- ours --></capabilities>"
#define DOMCAPS                                                                                    \
    "<domainCapabilities><machine>pc-q35-10.0</machine><features><sev supported='yes'>"            \
    "<cbitpos>51</cbitpos><cpu0Id>c2VyaWFs</cpu0Id></sev></features></domainCapabilities>"

START_TEST(test_identity)
{
    static const char *const identity[] = { "4c4c4544-0032", "3194999000", "c2VyaWFs",
                                            "cGRo",          "Y2VydA==",   "Y3B1MA==" };
    CVM_AUTO(record) *record = cvm_record_new(NULL);
    g_autofree char *stripped = NULL, *full = NULL;

    ck_assert_int_eq(add(record, CAPABILITIES, NULL), 0);
    ck_assert_int_eq(add(record, DOMCAPS, NULL), 0);
    record->pdh = "cGRo";
    record->cert_chain = "Y2VydA==";
    record->cpu0_id = "Y3B1MA==";
    stripped = cvm_record_write(record, FALSE);
    full = cvm_record_write(record, TRUE);
    for (size_t i = 0; i < G_N_ELEMENTS(identity); i++) {
        ck_assert_msg(!strstr(stripped, identity[i]), "%s in %s", identity[i], stripped);
        ck_assert_msg(strstr(full, identity[i]), "no %s in %s", identity[i], full);
    }
    ck_assert(strstr(stripped, "  <domainCapabilities>\n"
                               "    <machine>pc-q35-10.0</machine>\n"
                               "    <features>\n"
                               "      <sev supported='yes'>\n"
                               "        <cbitpos>51</cbitpos>\n"
                               "      </sev>\n"
                               "    </features>\n"
                               "  </domainCapabilities>\n"));
    ck_assert(strstr(stripped, "<baselabel type='kvm'>+64055:+109</baselabel>"));
    ck_assert(!strstr(full, "ours"));
    assert_valid(stripped);
    assert_valid(full);
    ck_assert_uint_eq(record->host->domcaps.cbitpos, 51);
    ck_assert_uint_eq(record->host->topology.nodes[0].id, 3);
}
END_TEST

START_TEST(test_replaced)
{
    CVM_AUTO(record) *record = cvm_record_new(NULL);
    g_autofree char *text = NULL;

    ck_assert_int_eq(add(record, CAPABILITIES, NULL), 0);
    ck_assert_int_eq(add(record, DOMCAPS, NULL), 0);
    ck_assert_int_eq(
        add(record, "<domainCapabilities><arch>i686</arch></domainCapabilities>", NULL), 0);
    text = cvm_record_write(record, FALSE);
    ck_assert(!strstr(text, "pc-q35-10.0") && strstr(text, "<arch>i686</arch>"));
    ck_assert(strstr(text, "<cell id='3'>"));
    ck_assert_int_eq(record->host->domcaps.sev, CVM_UNKNOWN);
}
END_TEST

START_TEST(test_refused)
{
    static const struct {
        const char *xml;
        int code;
    } cases[] = {
        { "", CVM_ERROR_UNSUPPORTED },
        { "no XML", CVM_ERROR_UNSUPPORTED },
        { "<domainCapabilities>", CVM_ERROR_SYNTAX },
        { "<domain/>", CVM_ERROR_UNSUPPORTED },
        { RECORD(""), CVM_ERROR_UNSUPPORTED },
        { "<capabilities><host><topology><cells><cell id='x'/></cells></topology></host>"
          "</capabilities>",
          CVM_ERROR_UNSUPPORTED },
        { "<capabilities><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a>"
          "</a></a></a></a></a></a></a></capabilities>",
          CVM_ERROR_UNSUPPORTED },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        CVM_AUTO(record) *record = cvm_record_new(NULL);
        g_autofree char *before = cvm_record_write(record, TRUE);
        g_autofree char *after = NULL;

        ck_assert_int_eq(add(record, cases[i].xml, &error), -1);
        ck_assert_msg(g_error_matches(error, CVM_ERROR, cases[i].code), "%s", cases[i].xml);
        after = cvm_record_write(record, TRUE);
        ck_assert_str_eq(before, after);
    }
}
END_TEST

START_TEST(test_deepest)
{
    CVM_AUTO(record) *record = cvm_record_new(NULL);
    g_autofree char *text = NULL;

    ck_assert_int_eq(add(record,
                         "<capabilities><a><a><a><a><a><a><a><a><a><a><a><a><a><a/></a></a></a>"
                         "</a></a></a></a></a></a></a></a></a></a></capabilities>",
                         NULL),
                     0);
    text = cvm_record_write(record, FALSE);
    assert_valid(text);
}
END_TEST

START_TEST(test_guests)
{
    static const enum cvm_guest kinds[] = { CVM_GUEST_SEV,     CVM_GUEST_SEV_SNP, CVM_GUEST_SEV_ES,
                                            CVM_GUEST_SEV_SNP, CVM_GUEST_NONE,    CVM_GUEST_OTHER };
    CVM_AUTO(record) *record = cvm_record_new(NULL);
    const struct cvm_running *running = &record->host->running;

    ck_assert(!running->known);
    cvm_record_count_guest(record, NULL);
    ck_assert(running->known && running->sev + running->sev_es + running->sev_snp == 0);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        CVM_AUTO(domain) *domain = cvm_domain_new(CVM_FORM_PROFILE);

        domain->launch.guest = kinds[i];
        cvm_record_count_guest(record, domain);
    }
    ck_assert_uint_eq(running->sev, 1);
    ck_assert_uint_eq(running->sev_es, 1);
    ck_assert_uint_eq(running->sev_snp, 2);
}
END_TEST

UNIT_MAIN("record", test_bundled, test_every_element, test_written_elements, test_hostile_values,
          test_kernel_release, test_free_pages, test_identity, test_replaced, test_refused,
          test_deepest, test_guests)
