/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A profile beside what a real libvirt made of it (tests/compare, of libvirt 9.0.0 and 11.3.0): no
 * difference; and each thing that somebody changes there is one difference, and the right one. */
#include <string.h>

#include "compare/compare.h"
#include "read/read.h"
#include "resolve/resolve.h"
#include "unit.h"
#include "xml_fixture.h"

/* The first domain of a file, for a bundled host. */
struct meant {
    struct cvm_host *host;
    GPtrArray *domains;
    struct cvm_domain *domain;
};

static struct meant
read_meant(const char *file, const char *host_name, const char *const *sets)
{
    g_autofree char *host_file = g_strdup_printf("profiles/hosts/%s.xml", host_name);
    g_autofree char *host_path = unit_source_path(host_file), *path = unit_source_path(file);
    g_autoptr(GError) error = NULL;
    struct meant meant = { .host = cvm_host_read(host_path, &error) };

    ck_assert_msg(meant.host != NULL, "%s", error ? error->message : "");
    meant.domains = cvm_documents_read(path, sets, &error);
    ck_assert_msg(meant.domains != NULL, "%s", error ? error->message : "");
    meant.domain = g_ptr_array_index(meant.domains, 0);
    if (meant.domain->form == CVM_FORM_PROFILE) {
        cvm_resolve(meant.domain, meant.host);
    }
    return meant;
}

static void
clear_meant(struct meant *meant)
{
    g_ptr_array_unref(meant->domains);
    cvm_host_free(meant->host);
}

static char *
read_text(const char *file)
{
    g_autofree char *path = unit_source_path(file);
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    ck_assert_msg(g_file_get_contents(path, &text, NULL, &error), "%s",
                  error ? error->message : "");
    return text;
}

static struct cvm_comparison *
compare(const struct meant *meant, const char *xml)
{
    g_autoptr(GError) error = NULL;
    struct cvm_comparison *comparison = cvm_comparison_new(meant->domain, meant->host, "test: x");

    ck_assert_msg(cvm_comparison_add(comparison, xml, strlen(xml), &error) == 0, "%s",
                  error ? error->message : "");
    return comparison;
}

static char *
diff(const struct meant *meant, const char *xml)
{
    CVM_AUTO(comparison) *comparison = compare(meant, xml);

    return cvm_comparison_diff(comparison);
}

/* The text with the first "from" replaced. */
static char *
replace(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);

    ck_assert_msg(at != NULL, "there is no '%s'", from);
    return g_strdup_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

/* ---- what libvirt makes of a domain ---- */

static const struct {
    const char *host, *folder;
    const char *names[8];
} defined[] = {
    { "epyc-rome-sev",
      "9.0",
      { "profiles/sev-minimal.yaml", "profiles/sev-es-minimal.yaml", "profiles/sev-database.yaml",
        "profiles/uefi-shell-tcg.yaml", "tests/compare/all-devices.yaml" } },
    { "epyc-genoa-snp",
      "11.3",
      { "profiles/sev-minimal.yaml", "profiles/snp-minimal.yaml", "profiles/snp-cache.yaml",
        "profiles/snp-web.yaml", "profiles/uefi-shell-tcg.yaml",
        "tests/compare/all-devices.yaml" } },
};

/* tests/compare/FOLDER/NAME.SUFFIX of a profile. */
static char *
fixture(const char *folder, const char *profile, const char *suffix)
{
    g_autofree char *base = g_path_get_basename(profile);

    *strrchr(base, '.') = '\0';
    return g_strdup_printf("tests/compare/%s/%s.%s", folder, base, suffix);
}

START_TEST(test_definitions)
{
    unsigned count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(defined); i++) {
        for (const char *const *profile = defined[i].names; *profile; profile++) {
            struct meant meant = read_meant(*profile, defined[i].host, NULL);
            g_autofree char *file = fixture(defined[i].folder, *profile, "xml");
            g_autofree char *xml = read_text(file);
            g_autofree char *lines = diff(&meant, xml);

            ck_assert_msg(*lines == '\0', "%s:\n%s", file, lines);
            clear_meant(&meant);
            count++;
        }
    }
    ck_assert_uint_eq(count, 11);
}
END_TEST

/* What was defined in NAME.started.xml, and what it ran as. */
START_TEST(test_running)
{
    static const char *const names[] = { "9.0/all-devices",    "9.0/sev-es-minimal",
                                         "9.0/uefi-shell-tcg", "11.3/all-devices",
                                         "11.3/snp-web",       "11.3/uefi-shell-tcg" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *host = names[i][0] == '9' ? "epyc-rome-sev" : "epyc-genoa-snp";
        g_autofree char *started = g_strdup_printf("tests/compare/%s.started.xml", names[i]);
        g_autofree char *live = g_strdup_printf("tests/compare/%s.live.xml", names[i]);
        struct meant meant = read_meant(started, host, NULL);
        g_autofree char *xml = read_text(live);
        g_autofree char *lines = diff(&meant, xml), *idle = NULL, *other = NULL;

        ck_assert_msg(*lines == '\0', "%s:\n%s", live, lines);
        /* What libvirt adds to a running domain only does not belong into a definition. */
        idle = replace(xml, " id='1'", "");
        other = diff(&meant, idle);
        ck_assert_msg(strstr(other, "- /domain/seclabel: <seclabel ") != NULL, "%s:\n%s", live,
                      other);
        clear_meant(&meant);
    }
}
END_TEST

/* ---- what somebody changed ---- */

struct change {
    const char *from, *to;
    const char *lines;
};

static void
check_changes(const char *profile, const char *host, const char *file, const struct change *changes)
{
    struct meant meant = read_meant(profile, host, NULL);
    g_autofree char *xml = read_text(file);
    g_autoptr(GString) failures = g_string_new(NULL);

    for (const struct change *change = changes; change->from; change++) {
        g_autofree char *changed = replace(xml, change->from, change->to);
        g_autofree char *lines = diff(&meant, changed);

        if (!g_str_equal(lines, change->lines)) {
            g_string_append_printf(failures, "'%s' -> '%s':\n%sexpected:\n%s", change->from,
                                   change->to, lines, change->lines);
        }
    }
    ck_assert_msg(failures->len == 0, "%s", failures->str);
    clear_meant(&meant);
}

static const struct change protecting[] = {
    { "<policy>0x0003<", "<policy>0x0001<",
      "- /domain/launchSecurity/policy: 0x0001\n+ /domain/launchSecurity/policy: 0x0003\n" },
    { "<policy>0x0003<", "<policy>3<", "" },
    { "<launchSecurity type='sev'>", "<launchSecurity type='sev' kernelHashes='no'>",
      "- /domain/launchSecurity/@kernelHashes: no\n" },
    { "<cbitpos>47<", "<cbitpos>51<",
      "- /domain/launchSecurity/cbitpos: 51\n+ /domain/launchSecurity/cbitpos: 47\n" },
    { "<domain type='kvm'", "<domain type='qemu'",
      "- /domain/@type: qemu\n+ /domain/@type: kvm\n" },
    { " dumpCore='off'", "", "+ /domain/memory/@dumpCore: off\n" },
    { "dumpCore='off'", "dumpCore='on'",
      "- /domain/memory/@dumpCore: on\n+ /domain/memory/@dumpCore: off\n" },
    { "    <locked/>\n", "", "+ /domain/memoryBacking/locked: <locked/>\n" },
    { "  <memoryBacking>\n    <locked/>\n  </memoryBacking>\n", "",
      "+ /domain/memoryBacking: <memoryBacking><locked/></memoryBacking>\n" },
    { "<locked/>", "<locked/><source type='memfd'/>",
      "- /domain/memoryBacking/source: <source type='memfd'/>\n" },
    { ">/usr/share/OVMF/OVMF_CODE_4M.fd<", ">/tmp/OVMF.fd<",
      "- /domain/os/loader: /tmp/OVMF.fd\n"
      "+ /domain/os/loader: /usr/share/OVMF/OVMF_CODE_4M.fd\n" },
    { "readonly='yes' type", "readonly='no' type",
      "- /domain/os/loader/@readonly: no\n+ /domain/os/loader/@readonly: yes\n" },
    { "/usr/share/OVMF/OVMF_VARS_4M.fd", "/tmp/VARS.fd",
      "- /domain/os/nvram/@template: /tmp/VARS.fd\n"
      "+ /domain/os/nvram/@template: /usr/share/OVMF/OVMF_VARS_4M.fd\n" },
    { "sev-minimal_VARS.fd<", "other_VARS.fd<",
      "- /domain/os/nvram: /var/lib/libvirt/qemu/nvram/other_VARS.fd\n" },
    { "<boot dev='hd'/>", "<kernel>/boot/vmlinuz</kernel>",
      "- /domain/os/kernel: <kernel>/boot/vmlinuz</kernel>\n" },
    { "<os>", "<os firmware='efi'>", "- /domain/os/@firmware: efi\n" }, /* not by 9.0 */
    { "<smm state='off'/>", "<smm state='on'/>",
      "- /domain/features/smm/@state: on\n+ /domain/features/smm/@state: off\n" },
    { "<memballoon model='none'/>", "<memballoon model='virtio'/>",
      "- /domain/devices/memballoon/@model: virtio\n"
      "+ /domain/devices/memballoon/@model: none\n" },
    { "  </devices>",
      "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0' "
      "bus='1' slot='0' function='0'/></source></hostdev>  </devices>",
      "- /domain/devices/hostdev: <hostdev mode='subsystem' type='pci' "
      "managed='yes'><source><address domain='0' bus='1' slot='0' "
      "function='0'/></source></hostdev>\n" },
    { "  </devices>", "<shmem name='s'/></devices>",
      "- /domain/devices/shmem[s]: <shmem name='s'/>\n" },
    { "  </devices>", "<iommu model='intel'/></devices>",
      "- /domain/devices/iommu: <iommu model='intel'/>\n" },
    { "  </devices>",
      "</devices><q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg "
      "value='-S'/><q:arg value='-s'/></q:commandline>",
      "- /domain/q:commandline: <q:commandline "
      "xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='-S'/><q:arg "
      "value='-s'/></q:commandline>\n" },
    { "<emulator>/usr/bin/qemu-system-x86_64<", "<emulator>/tmp/qemu<",
      "- /domain/devices/emulator: /tmp/qemu\n"
      "+ /domain/devices/emulator: /usr/bin/qemu-system-x86_64\n" },
    { "  </devices>", "</devices><seclabel type='none'/>",
      "- /domain/seclabel: <seclabel type='none'/>\n" },
    { NULL, NULL, NULL },
};

static const struct change of_the_guest[] = {
    { "unit='KiB'>4194304<", "unit='KiB'>8388608<",
      "- /domain/memory: 8GiB\n+ /domain/memory: 4GiB\n"
      "" },
    { "unit='KiB'>4194304<", "unit='GiB'>4<", "" },
    { "static'>2<", "static'>4<", "- /domain/vcpu: 4\n+ /domain/vcpu: 2\n" },
    { "placement='static'>2", "placement='static' current='1'>2", "- /domain/vcpu/@current: 1\n" },
    { "pc-q35-7.2", "pc-q35-6.0",
      "- /domain/os/type/@machine: pc-q35-6.0\n+ /domain/os/type/@machine: pc-q35-7.2\n" },
    { "<on_reboot>restart<", "<on_reboot>destroy<", "- /domain/on_reboot: destroy\n" },
    { "<on_crash>destroy<", "<on_crash>coredump-restart<",
      "- /domain/on_crash: coredump-restart\n" },
    { ">EPYC-Rome<", ">EPYC<", "- /domain/cpu/model: EPYC\n+ /domain/cpu/model: EPYC-Rome\n" },
    { "check='partial'", "check='none'", "- /domain/cpu/@check: none\n" },
    { "offset='utc'", "offset='localtime'",
      "- /domain/clock/@offset: localtime\n+ /domain/clock/@offset: utc\n" },
    { "<boot dev='hd'/>", "<boot dev='network'/>", "- /domain/os/boot: <boot dev='network'/>\n" },
    { "<domain type='kvm'>", "<domain type='kvm'><title>x</title>",
      "- /domain/title: <title>x</title>\n" },
    { NULL, NULL, NULL },
};

static const struct change of_devices[] = {
    { "type='qcow2'/>", "type='qcow2' cache='unsafe'/>",
      "- /domain/devices/disk[vda]/driver/@cache: unsafe\n" },
    { "type='qcow2'/>", "type='raw'/>",
      "- /domain/devices/disk[vda]/driver/@type: raw\n"
      "+ /domain/devices/disk[vda]/driver/@type: qcow2\n" },
    { "sev-minimal.qcow2", "other.qcow2",
      "- /domain/devices/disk[vda]/source/@file: /var/lib/libvirt/images/other.qcow2\n"
      "+ /domain/devices/disk[vda]/source/@file: /var/lib/libvirt/images/sev-minimal.qcow2\n" },
    { "dev='vda'", "dev='vdb'",
      "- /domain/devices/disk[vda]/target/@dev: vdb\n"
      "+ /domain/devices/disk[vda]/target/@dev: vda\n" },
    { "<interface ",
      "<disk type='file' device='disk'><source file='/x'/><target "
      "dev='vdb'/></disk><interface ",
      "- /domain/devices/disk[vdb]: <disk type='file' device='disk'><source "
      "file='/x'/><target dev='vdb'/></disk>\n" },
    { "network='default'", "network='dmz'",
      "- /domain/devices/interface/source/@network: dmz\n"
      "+ /domain/devices/interface/source/@network: default\n" },
    { "<rom enabled='no'/>", "", "+ /domain/devices/interface/rom: <rom enabled='no'/>\n" },
    { "52:54:00:ee:8c:b4", "00:11:22:33:44:55", "" }, /* libvirt's choice */
    { "    <input type='mouse'", "<interface type='user'/><input type='mouse'",
      "- /domain/devices/interface[2]: <interface type='user'/>\n" },
    { "index='0' model='qemu-xhci'>", "index='0' model='qemu-xhci'><driver iommu='on'/>",
      "- /domain/devices/controller[usb,0]/driver: <driver iommu='on'/>\n" },
    { "type='usb' index='0'", "type='usb' index='1'",
      "- /domain/devices/controller[usb,1]: <controller type='usb' index='1' "
      "model='qemu-xhci'><address type='pci' domain='0x0000' bus='0x02' slot='0x00' "
      "function='0x0'/></controller>\n" },
    { "<input type='mouse' bus='ps2'/>", "<input type='tablet' bus='usb'/>",
      "- /domain/devices/input[tablet,usb]: <input type='tablet' bus='usb'/>\n" },
    { "<audio id='1' type='none'/>", "<audio id='1' type='file'/>",
      "- /domain/devices/audio[1]: <audio id='1' type='file'/>\n" },
    { "<address type='pci'", "<address type='unassigned'",
      "- /domain/devices/disk[vda]/address: <address type='unassigned' domain='0x0000' "
      "bus='0x03' slot='0x00' function='0x0'/>\n" },
    { "<serial type='pty'>", "<serial type='file'><source path='/tmp/x'/>",
      "- /domain/devices/serial[0]/@type: file\n+ /domain/devices/serial[0]/@type: pty\n"
      "- /domain/devices/serial[0]/source: <source path='/tmp/x'/>\n"
      "- /domain/devices/console: <console type='pty'><target type='serial' "
      "port='0'/></console>\n" },
    { NULL, NULL, NULL },
};

static const struct change of_snp[] = {
    { ">0x00030000<", ">0x000b0000<",
      "- /domain/launchSecurity/policy: 0x000b0000\n+ /domain/launchSecurity/policy: "
      "0x00030000\n" },
    { "type='sev-snp'", "type='sev'",
      "- /domain/launchSecurity/@type: sev\n+ /domain/launchSecurity/@type: sev-snp\n" },
    { "type='sev-snp'", "type='sev-snp' vcek='no'", "- /domain/launchSecurity/@vcek: no\n" },
    { "<hostData>d2ViLTEg", "<hostData>\n  d2Vi\n  LTEg", "" },
    { "<hostData>d2ViLTEg", "<hostData>d2ViLTIg",
      "- /domain/launchSecurity/hostData: d2ViLTIgaW4gcHJvZHVjdGlvbiwgcmVsZWFzZSAyMDE=\n"
      "+ /domain/launchSecurity/hostData: d2ViLTEgaW4gcHJvZHVjdGlvbiwgcmVsZWFzZSAyMDE=\n" },
    { "<loader type='rom'", "<loader type='pflash'",
      "- /domain/os/loader/@type: pflash\n+ /domain/os/loader/@type: rom\n" },
    { " stateless='yes'", "", "+ /domain/os/loader/@stateless: yes\n" },
    { "unit='KiB'>8388608</memory>",
      "unit='KiB'>8388608</memory><memoryBacking><locked/></memoryBacking>",
      "- /domain/memoryBacking: <memoryBacking><locked/></memoryBacking>\n" },
    { "clusters='1'", "clusters='2'", "- /domain/cpu/topology/@clusters: 2\n" },
    { "model='itco' action='reset'", "model='itco' action='none'",
      "- /domain/devices/watchdog: <watchdog model='itco' action='none'/>\n" },
    { "listen='127.0.0.1'>\n      <listen type='address' address='127.0.0.1'/>",
      "listen='0.0.0.0'>\n      <listen type='address' address='0.0.0.0'/>",
      "- /domain/devices/graphics[vnc]/listen/@address: 0.0.0.0\n"
      "+ /domain/devices/graphics[vnc]/listen/@address: 127.0.0.1\n" },
    { "port='-1' autoport='yes'", "port='5901' autoport='no'",
      "- /domain/devices/graphics[vnc]/@autoport: no\n"
      "+ /domain/devices/graphics[vnc]/@autoport: yes\n"
      "- /domain/devices/graphics[vnc]/@port: 5901\n" },
    { "autoport='yes'", "autoport='yes' passwd='secret'",
      "- /domain/devices/graphics[vnc]/@passwd: …\n" },
    { "<interface type='direct'>", "<interface type='bridge'>",
      "- /domain/devices/interface[2]/@type: bridge\n"
      "+ /domain/devices/interface[2]/@type: direct\n" },
    { NULL, NULL, NULL },
};

START_TEST(test_changes)
{
    static const struct change *const tables[] = { protecting, of_the_guest, of_devices };

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        check_changes("profiles/sev-minimal.yaml", "epyc-rome-sev",
                      "tests/compare/9.0/sev-minimal.xml", tables[i]);
    }
    check_changes("profiles/snp-web.yaml", "epyc-genoa-snp", "tests/compare/11.3/snp-web.xml",
                  of_snp);
}
END_TEST

/* ---- a domain as somebody writes it ---- */

/* What is given is that libvirt's own with the first change, what is found the same with the
 * second. */
struct by_hand {
    struct {
        const char *from, *to;
    } given, found;
    const char *lines;
};

static char *
change_text(const char *text, const char *from, const char *to)
{
    return from ? replace(text, from, to) : g_strdup(text);
}

#define EMULATOR "<emulator>/usr/bin/qemu-system-x86_64</emulator>"
#define CURRENT "<currentMemory unit='KiB'>4194304</currentMemory>"
#define LOADER                                                                                     \
    "<os>\n    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n    <loader readonly='yes' "   \
    "type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>\n"
#define CHOOSE "<os firmware='efi'>\n    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n"
#define NVRAM                                                                                      \
    "    <nvram template='/usr/share/OVMF/OVMF_VARS_4M.fd'>"                                       \
    "/var/lib/libvirt/qemu/nvram/sev-minimal_VARS.fd</nvram>\n"
#define SEV_BITS "<cbitpos>47</cbitpos>\n    <reducedPhysBits>1</reducedPhysBits>"
#define AGENT "<target type='virtio' name='org.qemu.guest_agent.0'/></channel>"
#define GRAPHICS                                                                                   \
    "port='-1' autoport='yes' listen='127.0.0.1'>\n      <listen type='address' "                  \
    "address='127.0.0.1'/>"

static const struct by_hand sev_by_hand[] = {
    { { EMULATOR, "" }, .lines = "" },
    { { EMULATOR, "" },
      { EMULATOR, "<emulator>/tmp/qemu</emulator>" },
      "- /domain/devices/emulator: <emulator>/tmp/qemu</emulator>\n" },
    { { CURRENT, "" }, .lines = "" },
    { { CURRENT, "" },
      { CURRENT, "<currentMemory unit='KiB'>1</currentMemory>" },
      "- /domain/currentMemory: 1KiB\n" },
    { { LOADER, CHOOSE }, { "<os>", "<os firmware='efi'>" }, "" },
    { { LOADER, CHOOSE },
      { LOADER, CHOOSE "    <loader readonly='yes' type='pflash'>/tmp/OVMF.fd</loader>\n" },
      "- /domain/os/loader: <loader readonly='yes' type='pflash'>/tmp/OVMF.fd</loader>\n" },
    { { NVRAM, "" }, .lines = "" },
    { { NVRAM, "" },
      { "OVMF_VARS_4M.fd'", "other.fd'" },
      "- /domain/os/nvram/@template: /usr/share/OVMF/other.fd\n" },
    { { NVRAM, "" },
      { "sev-minimal_VARS", "other_VARS" },
      "- /domain/os/nvram: /var/lib/libvirt/qemu/nvram/other_VARS.fd\n" },
    { { SEV_BITS, "" }, { "<domain ", "<domain id='1' " }, "" },
    { { "<vcpu ", "<vcpu current='2' " }, .lines = "" },
    { { "<vcpu ", "<vcpu current='1' " }, .lines = "+ /domain/vcpu/@current: 1\n" },
    { { "<vcpu ", "<memtune><hard_limit unit='KiB'>9007199254740991</hard_limit></memtune><vcpu " },
      .lines = "" },
    { { "<vcpu ", "<memtune><hard_limit unit='GiB'>5</hard_limit></memtune><vcpu " },
      .lines = "+ /domain/memtune: <memtune><hard_limit unit='GiB'>5</hard_limit></memtune>\n" },
    { { "<vcpu ", "<cputune/><vcpu " }, .lines = "" },
    { { "<rom ", "<alias name='net0'/><rom " }, .lines = "" },
    { { "<rom ", "<alias name='ua-front'/><rom " },
      .lines = "+ /domain/devices/interface[52:54:00:ee:8c:b4]/alias: <alias name='ua-front'/>\n" },
    { { "type='qcow2'/>", "type='qcow2' cache='default'/>" }, .lines = "" },
    { { "  </devices>",
        "<channel type='unix'><source mode='bind' path='/var/lib/libvirt/qemu/channel/x'/>" AGENT
        "</devices>" },
      { "  </devices>", "<channel type='unix'>" AGENT "</devices>" },
      "" },
    { { "  </devices>",
        "<channel type='unix'><source mode='bind' path='/run/agent'/>" AGENT "</devices>" },
      { "  </devices>", "<channel type='unix'>" AGENT "</devices>" },
      "+ /domain/devices/channel[org.qemu.guest_agent.0]/source: <source mode='bind' "
      "path='/run/agent'/>\n" },
    { .lines = NULL },
};

static const struct by_hand snp_by_hand[] = {
    { { GRAPHICS, "listen='127.0.0.1'>" }, .lines = "" },
    { { GRAPHICS, "port='-1' autoport='yes' listen='127.0.0.1'>" }, { "'-1'", "'5901'" }, "" },
    { { GRAPHICS, "port='5900' listen='127.0.0.1'>" },
      .lines = "- /domain/devices/graphics[vnc]/@port: -1\n+ /domain/devices/graphics[vnc]/@port: "
               "5900\n- "
               "/domain/devices/graphics[vnc]/@autoport: yes\n" },
    { { GRAPHICS, "listen='127.0.0.1'>" },
      { "address='127.0.0.1'", "address='0.0.0.0'" },
      "- /domain/devices/graphics[vnc]/listen/@address: 0.0.0.0\n" },
    { .lines = NULL },
};

static void
check_by_hand(const char *file, const char *host_name, const struct by_hand *row)
{
    struct meant meant = read_meant(file, host_name, NULL);
    g_autofree char *xml = read_text(file);
    g_autoptr(GString) failures = g_string_new(NULL);

    for (; row->lines; row++) {
        g_autofree char *given = change_text(xml, row->given.from, row->given.to);
        g_autofree char *found = change_text(xml, row->found.from, row->found.to);
        g_autoptr(GError) error = NULL;
        CVM_AUTO(domain) *domain = parse_xml("given.xml", given, strlen(given), &error);
        const struct meant by_hand = { .host = meant.host, .domain = domain };
        g_autofree char *lines = NULL;

        ck_assert_msg(domain != NULL, "%s", error ? error->message : "");
        lines = diff(&by_hand, found);
        if (!g_str_equal(lines, row->lines)) {
            g_string_append_printf(failures, "given '%s', found '%s':\n%sexpected:\n%s\n",
                                   row->given.to, row->found.to ? row->found.to : "as it is", lines,
                                   row->lines);
        }
    }
    ck_assert_msg(failures->len == 0, "%s", failures->str);
    clear_meant(&meant);
}

START_TEST(test_by_hand)
{
    check_by_hand("tests/compare/9.0/sev-minimal.xml", "epyc-rome-sev", sev_by_hand);
    check_by_hand("tests/compare/11.3/snp-web.xml", "epyc-genoa-snp", snp_by_hand);
}
END_TEST

/* ---- what is made of it ---- */

/* "severity rule line path message" of each finding. */
static char *
list_findings(const struct cvm_comparison *comparison)
{
    CVM_AUTO(findings) *findings = cvm_findings_new();
    GString *list = g_string_new(NULL);

    cvm_comparison_report(comparison, NULL, findings);
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        g_string_append_printf(list, "%s %s %u %s\n", cvm_severity_name(finding->severity),
                               finding->rule, finding->line, finding->message);
        ck_assert(finding->fails);
        ck_assert_ptr_nonnull(finding->fix);
    }
    return g_string_free(list, FALSE);
}

START_TEST(test_findings)
{
    struct meant meant = read_meant("profiles/sev-minimal.yaml", "epyc-rome-sev", NULL);
    g_autofree char *xml = read_text("tests/compare/9.0/sev-minimal.xml");
    g_autofree char *fewer = replace(xml, "static'>2<", "static'>1<");
    g_autofree char *weak = replace(fewer, "0x0003", "0x0001");
    g_autofree char *live = replace(fewer, "<domain ", "<domain id='7' ");
    g_autofree char *slow = replace(live, "type='qcow2'/>", "type='qcow2' cache='none'/>");
    CVM_AUTO(comparison) *comparison = compare(&meant, weak);
    g_autoptr(GError) error = NULL;
    g_autofree char *list = NULL;

    ck_assert_int_eq(cvm_comparison_add(comparison, slow, strlen(slow), &error), 0);
    list = list_findings(comparison);
    ck_assert_str_eq(
        list,
        "error CVM903 6 /domain/launchSecurity/policy: the definition of 'test: x' has '0x0001' "
        "instead of '0x0003'.\n"
        "warning CVM903 8 /domain/vcpu: 'test: x' has '1' instead of '2', as it is defined and as "
        "it runs.\n"
        "warning CVM902 10 /domain/devices/disk[vda]/driver/@cache: 'test: x' runs with 'none', "
        "which is not asked for.\n");
    clear_meant(&meant);
}
END_TEST

START_TEST(test_absence)
{
    struct meant meant = read_meant("profiles/sev-minimal.yaml", "epyc-rome-sev", NULL);
    CVM_AUTO(comparison) *comparison = cvm_comparison_new(meant.domain, meant.host, "test: x");
    g_autofree char *list = NULL, *lines = NULL;

    ck_assert_int_eq(cvm_comparison_add(comparison, NULL, 0, NULL), 0);
    list = list_findings(comparison);
    ck_assert_str_eq(list, "error CVM901 5 The domain is not defined: there is no 'test: x'.\n");
    lines = cvm_comparison_diff(comparison);
    ck_assert_str_eq(lines, "+ /domain: sev-minimal\n");
    clear_meant(&meant);
}
END_TEST

/* ---- what nobody meant well ---- */

static char *
repeat(const char *text, unsigned count)
{
    GString *all = g_string_new(NULL);

    while (count-- > 0) {
        g_string_append(all, text);
    }
    return g_string_free(all, FALSE);
}

START_TEST(test_hostile)
{
    static const char *const many[] = { "<disk><target dev='vda'/></disk>", "<disk/>",
                                        "<interface type='network'/>", "<serial type='pty'/>",
                                        "<a/>" };
    struct meant meant = read_meant("profiles/sev-database.yaml", "epyc-rome-sev", NULL);
    g_autofree char *xml = read_text("tests/compare/9.0/sev-database.xml");

    for (size_t i = 0; i < G_N_ELEMENTS(many); i++) {
        g_autofree char *all = repeat(many[i], 50000);
        g_autofree char *devices = g_strconcat("<devices>", all, NULL);
        g_autofree char *hostile = replace(xml, "<devices>", devices);
        CVM_AUTO(comparison) *comparison = compare(&meant, hostile);

        ck_assert_uint_eq(comparison->differences->len, CVM_COMPARE_MOST);
        ck_assert(comparison->more);
    }
    clear_meant(&meant);
}
END_TEST

START_TEST(test_not_a_domain)
{
    static const char *const texts[] = { "", "<", "<network/>", "<domain>", "name: x" };
    struct meant meant = read_meant("profiles/sev-minimal.yaml", "epyc-rome-sev", NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        CVM_AUTO(comparison) *comparison = cvm_comparison_new(meant.domain, NULL, "x.xml");
        g_autoptr(GError) error = NULL;

        ck_assert_int_eq(cvm_comparison_add(comparison, texts[i], strlen(texts[i]), &error), -1);
        ck_assert_ptr_nonnull(error);
        ck_assert_uint_eq(comparison->differences->len, 0);
    }
    clear_meant(&meant);
}
END_TEST

UNIT_MAIN("compare", test_definitions, test_running, test_changes, test_by_hand, test_findings,
          test_absence, test_hostile, test_not_a_domain)
