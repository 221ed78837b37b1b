/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of a host, as people and programs are told. */
#include <jansson.h>
#include <string.h>

#include "host_fixture.h"
#include "read/read.h"
#include "report/host.h"
#include "unit.h"

static char *
say_text(const struct cvm_host *host)
{
    GString *out = g_string_new(NULL);

    cvm_host_report_text(host, out);
    return g_string_free(out, FALSE);
}

static json_t *
say_json(const struct cvm_host *host)
{
    g_autoptr(GString) out = g_string_new(NULL);
    json_error_t error;
    json_t *value;

    cvm_host_report_json(host, out);
    value = json_loads(out->str, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(value, "%s: %s", error.text, out->str);
    return value;
}

static struct cvm_host *
read_bundled(const char *name)
{
    g_autofree char *relative = g_strdup_printf("profiles/hosts/%s.xml", name);
    g_autofree char *path = unit_source_path(relative);
    struct cvm_host *host = cvm_host_read(path, NULL);

    ck_assert_ptr_nonnull(host);
    return host;
}

/* "sev.libvirt.types" */
static const json_t *
find(const json_t *value, const char *path)
{
    g_auto(GStrv) keys = g_strsplit(path, ".", -1);

    for (char **key = keys; *key; key++) {
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(*key))
                                     : json_object_get(value, *key);
        ck_assert_msg(value, "no '%s' of '%s'", *key, path);
    }
    return value;
}

START_TEST(test_text)
{
    static const char *const lines[] = {
        "Host 'epyc-genoa-snp'\n",
        "\n  libvirt               11.3.0\n",
        "\n  SEV firmware          1.55, build 39\n",
        "\n  family/model          25/17\n",
        "\n  kvm_amd               sev yes, sev_es yes, sev_snp yes\n",
        "\n  /dev/sev              0660 root:kvm\n",
        "\n  libvirt offers        sev, sev-snp\n",
        "\n  SEV                   907, 1 in use\n",
        "\n  SEV-ES and SEV-SNP    99, 2 in use\n",
        "\n  memory to lock        64MiB\n",
        "\n  NUMA node 1           192GiB, 64 CPUs; 16384 pages of 2MiB (16384 free); 32\n",
        "\n  /usr/share/OVMF/OVMF_CODE_4M.ms.fd       SEV; needs SMM\n",
        "\n  /usr/share/OVMF/OVMF_CODE_4M.fd          SEV, SEV-ES\n",
        "\n  /usr/share/ovmf/OVMF.fd                  SEV, SEV-ES, SEV-SNP\n",
        "\n  Processor: stepping, flags, CPUID 0x8000001f, registers\n",
    };
    CVM_AUTO(host) *host = read_bundled("epyc-genoa-snp");
    g_autofree char *text = say_text(host);

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        ck_assert_msg(strstr(text, lines[i]), "no '%s' in:\n%s", lines[i], text);
    }
}
END_TEST

/* Values that no bundled host has. */
START_TEST(test_values)
{
    static const struct {
        const char *content, *line;
    } cases[] = {
        { "<iommu enabled='no'/>", "  IOMMU                 off\n" },
        { "<iommu enabled='yes' passthrough='yes'/>",
          "  IOMMU                 in passthrough mode\n" },
        { "<iommu enabled='yes'/>", "  IOMMU                 on\n" },
        { "<apparmor enabled='no' devSev='no'/>", "  AppArmor              off\n" },
        { "<apparmor enabled='yes' devSev='no'/>",
          "  AppArmor              does not let QEMU open /dev/sev\n" },
        { "<memlock limit='infinity'/>", "  memory to lock        unlimited\n" },
        { "<module name='kvm_amd' loaded='no'/>", "  kvm_amd               not loaded\n" },
        { "<device path='/dev/sev' present='no'/>", "  /dev/sev              missing\n" },
        { "<device path='/dev/kvm'/>", "  /dev/kvm              there\n" },
        { "<hugetlbfs/>", "  hugetlbfs             none\n" },
        { "<hugetlbfs><mount size='2048'/><mount size='1048576'/></hugetlbfs>",
          "  hugetlbfs             2MiB, 1GiB\n" },
        { "<guests sev='1' sev_snp='2'/>", "  guests of libvirt     SEV 1, SEV-ES 0, SEV-SNP 2\n" },
        { "<sevPlatform state='init' guests='1'/>", "  SEV firmware's state  init, 1 guest\n" },
        { "<kernel><message>SEV-SNP: disabled</message></kernel>",
          "\nKernel log\n  SEV-SNP: disabled\n" },
        { "<kernel/>", "  options               none\n" },
        { "<msr name='HWCR' value='0x9000011'/>", "  registers             HWCR 0x9000011\n" },
        { "<firmware/>", "\nGuest firmware\n  none" },
        { "<capabilities><host><topology><cells><cell id='0'><memory unit='KiB'>13723864</memory>"
          "<pages unit='KiB' size='2048'>0</pages></cell></cells></topology></host></capabilities>",
          "  NUMA node 0           13.0GiB, 0 CPUs; no huge pages\n" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *record =
            g_strdup_printf("<cvmdomHost version='1' name='n'>%s</cvmdomHost>", cases[i].content);
        CVM_AUTO(host) *host = cvm_host_parse("n", record, strlen(record), NULL);
        g_autofree char *text = say_text(host);

        ck_assert_msg(strstr(text, cases[i].line), "no '%s' in:\n%s", cases[i].line, text);
    }
}
END_TEST

START_TEST(test_unknown)
{
    static const char *const unknown[] = {
        "versions.libvirt",
        "versions.sevFirmware",
        "processor.name",
        "processor.flags",
        "processor.smt",
        "processor.cpuid",
        "kernel.options",
        "kernel.messages",
        "kernel.iommu.enabled",
        "sev.kvmAmd.sev_snp",
        "sev.devices./dev/sev.mode",
        "sev.platform",
        "sev.libvirt.types",
        "sev.libvirt.cbitpos",
        "asids.sev.total",
        "asids.sev.inUse",
        "guests",
        "rights.memlock",
        "rights.user",
        "rights.apparmor.devSev",
        "memory.hugetlbfs",
        "memory.nodes",
        "firmware",
    };
    CVM_AUTO(host) *host = cvm_host_new();
    g_autofree char *text = NULL;
    json_t *json;

    host->name = "empty";
    text = say_text(host);
    ck_assert_msg(g_str_has_prefix(text, "Host 'empty'\n\nNot known\n  Versions: libvirt, QEMU"),
                  "%s", text);
    json = say_json(host);
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        ck_assert_msg(json_is_null(find(json, unknown[i])), "%s", unknown[i]);
    }
    json_decref(json);
}
END_TEST

START_TEST(test_json)
{
    CVM_AUTO(host) *host = read_bundled("epyc-genoa-snp");
    struct cvm_msr msr = { "RMP_END", G_MAXUINT64 };
    json_t *json;

    host->msrs = &msr;
    host->n_msrs = 1;
    host->cpuid_sev = (struct cvm_cpuid){ TRUE, 0x5b, 51, 0x1fd, 100 };
    host->memlock = G_MAXUINT64;
    host->running = (struct cvm_running){ TRUE, 1, 2, 3 };
    json = say_json(host);
    ck_assert_int_eq(json_integer_value(find(json, "version")), 1);
    ck_assert_str_eq(json_string_value(find(json, "host")), "epyc-genoa-snp");
    ck_assert_str_eq(json_string_value(find(json, "versions.sevFirmware.api")), "1.55");
    ck_assert_str_eq(json_string_value(find(json, "processor.registers.RMP_END")),
                     "0xffffffffffffffff");
    ck_assert_str_eq(json_string_value(find(json, "processor.cpuid.ecx")), "0x1fd");
    ck_assert(json_is_true(find(json, "kernel.modules.kvm_amd")));
    ck_assert(json_is_false(find(json, "kernel.iommu.passthrough")));
    ck_assert_str_eq(json_string_value(find(json, "sev.devices./dev/sev.mode")), "0660");
    ck_assert_str_eq(json_string_value(find(json, "sev.libvirt.types.1")), "sev-snp");
    ck_assert_int_eq(json_integer_value(find(json, "asids.sevEsAndSnp.inUse")), 2);
    ck_assert_int_eq(json_integer_value(find(json, "guests.sevSnp")), 3);
    ck_assert_str_eq(json_string_value(find(json, "rights.memlock")), "unlimited");
    ck_assert_int_eq(json_integer_value(find(json, "memory.nodes.1.hugepages.1.free")), 32);
    ck_assert_str_eq(json_string_value(find(json, "firmware.3.path")), "/usr/share/ovmf/OVMF.fd");
    ck_assert_uint_eq(json_array_size(find(json, "firmware.3.types")), 3);
    ck_assert(json_is_null(find(json, "firmware.3.needsSmm")));
    ck_assert(json_is_true(find(json, "firmware.0.needsSmm")));
    json_decref(json);
}
END_TEST

/* Images that nobody looked into, and one without descriptor that is not complete. */
START_TEST(test_firmware)
{
    CVM_AUTO(host) *host = new_host();
    g_autofree char *text = NULL;

    add_descriptor(host, CVM_FIRMWARE_MEMORY, "/amdsev.fd", NULL, "amd-sev;amd-sev-es;amd-sev-snp");
    add_image(host, "/half.fd", "rm");
    text = say_text(host);
    ck_assert(strstr(text, "SEV, SEV-ES, SEV-SNP; by its descriptor alone\n"));
    ck_assert(strstr(text, "  /half.fd              not for SEV\n"));
    ck_assert(strstr(text, "  /OVMF.fd              SEV, SEV-ES, SEV-SNP\n"));
}
END_TEST

START_TEST(test_hostile_texts)
{
    static const char nasty[] = "a\x1b[31m\xff\n\tb\xc2\x9b";
    struct cvm_msr msr = { nasty, 1 };
    struct cvm_module module = { nasty, TRUE };
    CVM_AUTO(host) *host = cvm_host_new();
    g_autofree char *text = NULL;
    json_t *json;

    host->name = host->cpu_model_name = host->qemu_user = host->dev_sev.owner = nasty;
    host->dev_sev.present = CVM_YES;
    host->dev_sev.mode = 0600;
    host->domcaps.machine = nasty;
    host->kernel_messages = host->cpu_flags = new_strings(host, nasty);
    host->msrs = &msr;
    host->modules = &module;
    host->n_msrs = host->n_modules = 1;
    add_image(host, nasty, "vrm");
    host->has_firmware = TRUE;
    text = say_text(host);
    ck_assert(g_utf8_validate(text, -1, NULL));
    ck_assert(!strchr(text, '\x1b') && !strstr(text, "\xc2\x9b"));
    json = say_json(host);
    ck_assert_ptr_nonnull(strstr(json_string_value(find(json, "host")), "\xef\xbf\xbd"));
    json_decref(json);
}
END_TEST

UNIT_MAIN("host_report", test_text, test_values, test_unknown, test_json, test_firmware,
          test_hostile_texts)
