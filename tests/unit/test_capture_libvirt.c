/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What files tell of a host, continued: the kernel's log, libvirt's daemon and its configuration,
 * AppArmor, firmware, an sosreport's command outputs. */
#include <utime.h>

#include "capture/capture.h"
#include "messages/messages.h"
#include "tree_fixture.h"

static struct cvm_record *
read_tree(void)
{
    struct cvm_record *record = cvm_record_new("tree");

    ck_assert_int_eq(cvm_record_add_files(record, tree_root, NULL), 0);
    return record;
}

/* ---- the kernel's log ---- */

static const char *
messages_of(const struct cvm_record *record)
{
    static char text[16384];
    const struct cvm_strings *list = &record->host->kernel_messages;
    g_autofree char *joined = list->items ? g_strjoinv("\n", (char **)list->items) : NULL;

    g_strlcpy(text, joined ? joined : "-", sizeof text);
    return text;
}

#define BOOT                                                                                       \
    "[    0.000000] Linux version 6.11.0 (build@host)\n"                                           \
    "[    0.000000] Command line: root=UUID=0123 kvm_amd.sev=1 iommu=pt\n"

START_TEST(test_log)
{
    struct cvm_record *record;

    tree_make();
    tree_put("sos_commands/kernel/dmesg",
             "[    9.9] kvm_amd: SEV enabled (ASIDs 1 - 2)\n" BOOT
             "[    0.100000] SEV-SNP: RMP table physical range [0x1 - 0x2]\n"
             "[    0.300000] iommu: Default domain type: Translated\n"
             "[    0.400000] AMD-Vi: Extended features\n"
             "[    4.000000] systemd[1]: Hostname set to <secret> SEV\n"
             "[    5.100000] ccp 0000:22:00.1: sev enabled\n"
             "[    5.200000][    T9] ccp 0000:22:00.1: SEV API:1.55 build:29\n"
             "[    5.300000] kvm_amd: SEV enabled (ASIDs 100 - 1006)\n"
             "[    5.300000] kvm_amd: SEV enabled (ASIDs 100 - 1006)\n"
             "[    5.400000] kvm_amd: Nested Paging enabled\n"
             "[    5.500000] SEV\001bell\n");
    tree_put("var/log/kern.log",
             "Nov 18 10:00:00 secret kernel: [ 1.0] SEV-SNP: of another time\n");
    record = read_tree();
    ck_assert_str_eq(messages_of(record), "SEV-SNP: RMP table physical range [0x1 - 0x2]\n"
                                          "iommu: Default domain type: Translated\n"
                                          "ccp: sev enabled\nccp: SEV API:1.55 build:29\n"
                                          "kvm_amd: SEV enabled (ASIDs 100 - 1006)");
    ck_assert(record->host->has_sev_firmware);
    ck_assert_uint_eq(record->host->sev_api_major, 1);
    ck_assert_uint_eq(record->host->sev_api_minor, 55);
    ck_assert_uint_eq(record->host->sev_build, 29);
    ck_assert_int_eq(record->host->iommu_passthrough, CVM_NO);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

/* Whatever `explain` knows of the kernel's log comes through. */
START_TEST(test_log_keeps_what_is_explained)
{
    tree_make();
    for (const struct cvm_message *message = cvm_messages_kernel; message->id; message++) {
        for (size_t i = 0; i < G_N_ELEMENTS(message->patterns) && message->patterns[i]; i++) {
            const char *pattern = message->patterns[i];
            const char *speaker = g_str_has_prefix(pattern, "SNP:")     ? "AMD-Vi: "
                                  : g_str_has_prefix(pattern, "Memory") ? "SEV-SNP: "
                                                                        : "ccp 0000:22:00.1: ";
            g_autofree char *text = g_strconcat("[    1.0] ", speaker, pattern, "\n", NULL);
            struct cvm_record *record;

            tree_put("var/log/dmesg", text);
            record = read_tree();
            ck_assert_msg(strstr(messages_of(record), pattern) != NULL, "%s", pattern);
            cvm_record_free(record);
        }
    }
    tree_drop();
}
END_TEST

/* A log that begins after the boot is used where there is none that goes back to it. */
START_TEST(test_log_of_syslog)
{
    struct cvm_record *record;

    tree_make();
    tree_put("sos_commands/kernel/dmesg", "[99999.0] usb 1-1: a line of later\n");
    tree_put("var/log/kern.log",
             "2026-11-18T10:00:00.123456+01:00 secret kernel: [    2.0] "
             "SNP: IOMMU disabled or configured in passthrough mode, SNP cannot be supported.\n"
             "2026-11-18T10:00:00.123456+01:00 secret app[1]: SEV-SNP: not the kernel's\n");
    record = read_tree();
    ck_assert_str_eq(messages_of(record), "SNP: IOMMU disabled or configured in passthrough mode, "
                                          "SNP cannot be supported.");
    cvm_record_free(record);
    tree_drop();
}
END_TEST

/* A file of an installation that was upgraded since. */
START_TEST(test_log_of_another_kernel)
{
    struct cvm_record *record;

    tree_make();
    tree_put("proc/sys/kernel/osrelease", "6.12.1\n");
    tree_put("var/log/dmesg", BOOT "[    1.0] SEV-SNP: of long ago\n");
    tree_put("var/log/kern.log", "Nov 18 10:00:00 host kernel: [ 1.0] SEV-SNP: of now\n");
    record = read_tree();
    ck_assert_str_eq(messages_of(record), "SEV-SNP: of now");
    cvm_record_free(record);
    tree_drop();
}
END_TEST

START_TEST(test_log_is_bounded)
{
    g_autoptr(GString) log = g_string_new(BOOT);
    g_autofree char *long_text = g_strnfill(5000, 'x');
    struct cvm_record *record;

    g_string_append_printf(log, "[    1.0] SEV: %s\n", long_text);
    for (int i = 0; i < 500; i++) {
        g_string_append_printf(log, "[    1.0] SEV: message %d\n", i);
    }
    tree_make();
    tree_put("var/log/dmesg", log->str);
    record = read_tree();
    ck_assert_uint_eq(record->host->kernel_messages.count, 64);
    ck_assert_uint_eq(strlen(record->host->kernel_messages.items[0]), 200);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

/* ---- locked memory ---- */

/* In bytes; -1 when unknown. */
static gint64
memlock(void)
{
    struct cvm_record *record = read_tree();
    gint64 bytes = record->host->has_memlock ? (gint64)record->host->memlock : -1;

    ck_assert(!record->host->has_memlock || bytes >= -1);
    if (record->host->has_memlock && record->host->memlock == G_MAXUINT64) {
        bytes = G_MAXINT64;
    }
    cvm_record_free(record);
    return bytes;
}

#define MIB (1024 * 1024)

START_TEST(test_memlock_of_units)
{
    tree_make();
    ck_assert_int_eq(memlock(), -1);
    tree_put("usr/lib/systemd/system/libvirtd.service",
             "[Unit]\nLimitMEMLOCK=1\n[Service]\nExecStart=/usr/sbin/libvirtd \\\nLimitMEMLOCK=2\n"
             "LimitMEMLOCK=64M\n");
    tree_put_link("lib", "usr/lib");
    ck_assert_int_eq(memlock(), 64 * MIB);
    tree_put("etc/systemd/system/libvirtd.service.d/50-lock.conf",
             "[Service]\nLimitMEMLOCK = infinity\n");
    ck_assert_int_eq(memlock(), G_MAXINT64);
    tree_put("etc/systemd/system/libvirtd.service.d/60-lock.conf",
             "[Service]\nLimitMEMLOCK=1G:2G\n");
    tree_put("usr/lib/systemd/system/libvirtd.service.d/60-lock.conf",
             "[Service]\nLimitMEMLOCK=3\n");
    ck_assert_int_eq(memlock(), 1024 * MIB);
    tree_put("etc/systemd/system/libvirtd.service.d/70-lock.conf",
             "[Service]\nLimitMEMLOCK=much\n");
    ck_assert_int_eq(memlock(), -1);
    tree_drop();
}
END_TEST

START_TEST(test_memlock_of_two_daemons)
{
    tree_make();
    tree_put("usr/lib/systemd/system/libvirtd.service", "[Service]\nLimitMEMLOCK=64M\n");
    tree_put("usr/lib/systemd/system/virtqemud.service", "[Service]\nLimitMEMLOCK=64M\n");
    ck_assert_int_eq(memlock(), 64 * MIB);
    tree_put("usr/lib/systemd/system/virtqemud.service", "[Service]\nLimitMEMLOCK=128M\n");
    ck_assert_int_eq(memlock(), -1);
    tree_put_folder("dev");
    tree_put_link("etc/systemd/system/libvirtd.service", "/dev");
    ck_assert_int_eq(memlock(), 128 * MIB);
    tree_drop();
}
END_TEST

/* The process counts more than its unit, if it is root's. */
START_TEST(test_memlock_of_process)
{
    tree_make();
    tree_put("usr/lib/systemd/system/libvirtd.service", "[Service]\nLimitMEMLOCK=64M\n");
    tree_put("proc/4711/comm", "libvirtd\n");
    tree_put("proc/4711/limits",
             "Limit      Soft Limit    Hard Limit   Units\n"
             "Max locked memory         8388608              8388608              "
             "bytes\n");
    ck_assert_int_eq(memlock(), geteuid() == 0 ? 8 * MIB : 64 * MIB);
    tree_drop();
}
END_TEST

/* ---- qemu.conf ---- */

START_TEST(test_qemu_conf)
{
    struct cvm_record *record;

    tree_make();
    tree_put("etc/libvirt/qemu.conf", "#user = \"libvirt-qemu\"\n\n#group = \"root\"\n");
    record = read_tree();
    ck_assert_str_eq(record->host->qemu_user, "libvirt-qemu");
    ck_assert_ptr_null(record->host->qemu_group);
    cvm_record_free(record);
    tree_put("etc/libvirt/qemu.conf", "#user = \"libvirt-qemu\"\nuser = \"qemu\" # ours\n"
                                      "username = \"no\"\ngroup='kvm'\n");
    record = read_tree();
    ck_assert_str_eq(record->host->qemu_user, "qemu");
    ck_assert_str_eq(record->host->qemu_group, "kvm");
    cvm_record_free(record);
    tree_drop();
}
END_TEST

static void
set_time(const char *path, time_t seconds)
{
    g_autofree char *real = tree_path(path);

    ck_assert_int_eq(utime(real, &(struct utimbuf){ seconds, seconds }), 0);
}

/* kvm_amd is loaded at each boot: that alone makes no cache out of date. */
START_TEST(test_times)
{
    static const char *const cache = "var/cache/libvirt/qemu/capabilities/0123.xml";
    struct cvm_record *record;

    tree_make();
    tree_put(cache, "<qemuCaps/>");
    set_time(cache, 1000);
    tree_put("proc/stat", "cpu 1 2\nbtime 2000\n");
    tree_put("var/log/dmesg", BOOT "[    5.3] kvm_amd: SEV enabled (ASIDs 100 - 1006)\n");
    record = read_tree();
    ck_assert_uint_eq(record->host->caps_cached, 1000);
    ck_assert_uint_eq(record->host->parameters_changed, 0);
    cvm_record_free(record);
    tree_put("etc/modprobe.d/sev.conf", "options kvm-amd sev_es=1\n");
    set_time("etc/modprobe.d/sev.conf", 1500);
    record = read_tree();
    ck_assert_uint_eq(record->host->parameters_changed, 1500);
    cvm_record_free(record);
    set_time("etc/modprobe.d/sev.conf", 9000); /* not in force before kvm_amd is loaded again */
    record = read_tree();
    ck_assert_uint_eq(record->host->parameters_changed, 0);
    cvm_record_free(record);
    tree_put("var/log/dmesg", BOOT "[ 9000.3] kvm_amd: SEV enabled (ASIDs 100 - 1006)\n");
    record = read_tree();
    ck_assert_uint_eq(record->host->parameters_changed, 11000);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

/* ---- AppArmor ---- */

static enum cvm_known
dev_sev_with(const char *rules)
{
    struct cvm_record *record;
    enum cvm_known known;

    tree_put("etc/apparmor.d/abstractions/libvirt-qemu", rules);
    record = read_tree();
    known = record->host->apparmor_dev_sev;
    cvm_record_free(record);
    return known;
}

START_TEST(test_apparmor_rules)
{
    static const struct {
        const char *rules;
        enum cvm_known known;
    } rows[] = {
        { "/dev/kvm rw,\n", CVM_NO },
        { "  /dev/sev rw,\n", CVM_YES },
        { "/dev/sev r,\n", CVM_NO },
        { "/dev/sev r,\n/dev/sev w,\n", CVM_YES },
        { "owner /dev/{kvm,sev} mrw, # ours\n", CVM_YES },
        { "/{dev,run}/{,x}se[t-w] rw,\n", CVM_YES },
        { "rw /dev/s??,\n", CVM_YES },
        { "file \"/dev/**\" rwk,\n", CVM_YES },
        { "/** rw,\n", CVM_YES },
        { "/*/sev rw,\n", CVM_YES },
        { "/* rw,\n/dev/sev/* rw,\n/dev/sevx rw,\n/dev/[^s]ev rw,\n/dev/{ rw,\n", CVM_NO },
        { "file,\n", CVM_YES },
        { "/dev/** rw,\ndeny /dev/sev w,\n", CVM_NO },
        { "#/dev/sev rw,\n# /dev/sev rw,\n", CVM_NO },
        { "profile other {\n /dev/sev rw,\n}\n", CVM_NO },
        { "profile other {\n}\n/dev/sev rw,\n", CVM_YES },
        { "#include <abstractions/missing>\n", CVM_UNKNOWN },
        { "include if exists <abstractions/missing>\n", CVM_NO },
        { "#include <local/abstractions/libvirt-qemu>\n", CVM_YES },
        { "include \"/etc/apparmor.d/local/abstractions\"\n", CVM_YES },
        { "include <abstractions/libvirt-qemu>\n", CVM_NO },
    };

    tree_make();
    tree_put("etc/apparmor.d/local/abstractions/libvirt-qemu", "/dev/sev rw,\n");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        enum cvm_known known = dev_sev_with(rows[i].rules);

        ck_assert_msg(known == rows[i].known, "%s: %d", rows[i].rules, known);
    }
    tree_drop();
}
END_TEST

START_TEST(test_apparmor_in_force)
{
    struct cvm_record *record;

    tree_make();
    tree_put("sys/module/apparmor/parameters/enabled", "Y\n");
    record = read_tree();
    ck_assert_int_eq(record->host->apparmor, CVM_YES);
    ck_assert_int_eq(record->host->apparmor_dev_sev, CVM_UNKNOWN);
    cvm_record_free(record);
    tree_put("etc/libvirt/qemu.conf", "security_driver = \"none\"\n");
    record = read_tree();
    ck_assert_int_eq(record->host->apparmor, CVM_NO);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

/* ---- sosreport ---- */

START_TEST(test_virsh)
{
    struct cvm_record *record;

    tree_make();
    tree_put("sos_commands/virsh/virsh_-r_version",
             "Compiled against library: libvirt 9.0.0\nUsing library: libvirt 10.5.0\n"
             "Using API: QEMU 10.5.0\nRunning hypervisor: QEMU 9.1.0\n");
    tree_put("sos_commands/virsh/virsh_-r_domcapabilities",
             "<domainCapabilities>\n  <domain>kvm</domain>\n</domainCapabilities>\n\n");
    tree_put("sos_commands/virsh/virsh_-r_capabilities", "error: failed to connect\n");
    record = read_tree();
    ck_assert_uint_eq(record->host->libvirt_version, 10005000);
    ck_assert_uint_eq(record->host->qemu_version, 9001000);
    ck_assert_str_eq(record->host->domcaps.virt_type, "kvm");
    ck_assert(record->domcaps && !record->caps);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

#define GUEST(id, security) "<domain type='kvm'" id "><name>g</name>" security "</domain>\n"
#define SNP_GUEST "<launchSecurity type='sev-snp'><policy>0x30000</policy></launchSecurity>"
#define ES_GUEST "<launchSecurity type='sev'><policy>0x7</policy></launchSecurity>"

START_TEST(test_guests)
{
    struct cvm_record *record;

    tree_make();
    tree_put("sos_commands/virsh/virsh_-r_dumpxml_a", GUEST(" id='1'", SNP_GUEST));
    record = read_tree();
    ck_assert(!record->host->running.known);
    cvm_record_free(record);
    tree_put("sos_commands/virsh/virsh_-r_list_--all", " Id Name State\n");
    tree_put("sos_commands/virsh/virsh_-r_dumpxml_b", GUEST(" id='2'", ES_GUEST));
    tree_put("sos_commands/virsh/virsh_-r_dumpxml_c", GUEST("", ES_GUEST));
    record = read_tree();
    ck_assert(record->host->running.known);
    ck_assert_uint_eq(record->host->running.sev_snp, 1);
    ck_assert_uint_eq(record->host->running.sev_es, 1);
    ck_assert_uint_eq(record->host->running.sev, 0);
    cvm_record_free(record);
    tree_put("sos_commands/virsh/virsh_-r_dumpxml_d", "error: failed to get domain\n");
    record = read_tree();
    ck_assert(!record->host->running.known);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

/* libvirt and QEMU as packed, 0.0 where they are not installed. */
static const char *
versions_with(const char *path, const char *list)
{
    static char text[64];
    struct cvm_record *record;

    tree_make();
    tree_put(path, list);
    record = read_tree();
    g_snprintf(text, sizeof text, "%u %u", record->host->libvirt_version,
               record->host->qemu_version);
    cvm_record_free(record);
    tree_drop();
    return text;
}

START_TEST(test_packages)
{
    ck_assert_str_eq(versions_with("var/lib/dpkg/status",
                                   "Package: a\nVersion: 5\n\n"
                                   "Package: qemu-system-x86\nStatus: install ok installed\n"
                                   "Version: 1:10.0.2+ds-2\n\n"
                                   "Package: libvirt-daemon\nStatus: deinstall ok config-files\n"
                                   "Version: 9.0.0-4\n"),
                     "0 10000002");
    ck_assert_str_eq(versions_with("sos_commands/dpkg/dpkg_-l",
                                   "rc  libvirt-daemon-driver-qemu 1.2.3-1 amd64 x\n"
                                   "ii  libvirt-daemon:amd64       9.0.0-4+deb12u2 amd64 x\n"
                                   "ii  qemu-system-x86-xen        4.2 amd64 x\n"
                                   "ii  qemu-system-x86            1:7.2+dfsg-7 amd64 x\n"),
                     "9000000 7002000");
    ck_assert_str_eq(versions_with("installed-rpms",
                                   "libvirt-daemon-driver-qemu-11.3.0-1.el10.x86_64  Tue Nov 17\n"
                                   "qemu-kvm-core-9.1.0-15.el10.x86_64  Tue Nov 17\n"),
                     "11003000 9001000");
    ck_assert_str_eq(versions_with("installed-rpms", "qemu-kvm-core-new\nlibvirt-daemon\n"), "0 0");
}
END_TEST

/* ---- firmware ---- */

START_TEST(test_descriptors)
{
    const struct cvm_capture_file *file;
    struct cvm_record *record;

    tree_make();
    tree_put("usr/share/qemu/firmware/50-a.json", "{}");
    tree_put("etc/qemu/firmware/50-a.json", "");
    tree_put_link("etc/qemu/firmware/60-b.json", "/etc/passwd");
    tree_put("usr/share/qemu/firmware/70-c.json", "\xff\xfe");
    record = read_tree();
    ck_assert(record->host->has_firmware);
    ck_assert_uint_eq(record->descriptors->len, 2);
    file = &g_array_index(record->descriptors, struct cvm_capture_file, 0);
    ck_assert_str_eq(file->path, "/usr/share/qemu/firmware/50-a.json");
    ck_assert_str_eq(file->text, "{}");
    file = &g_array_index(record->descriptors, struct cvm_capture_file, 1);
    ck_assert_str_eq(file->path, "/etc/qemu/firmware/50-a.json");
    ck_assert_str_eq(file->text, "");
    cvm_record_free(record);
    tree_drop();
}
END_TEST

UNIT_MAIN("capture_libvirt", test_log, test_log_keeps_what_is_explained, test_log_of_syslog,
          test_log_of_another_kernel, test_log_is_bounded, test_memlock_of_units,
          test_memlock_of_two_daemons, test_memlock_of_process, test_qemu_conf, test_times,
          test_apparmor_rules, test_apparmor_in_force, test_virsh, test_guests, test_packages,
          test_descriptors)
