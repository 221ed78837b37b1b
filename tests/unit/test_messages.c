/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of messages and return codes. */
#include <string.h>

#include "messages/messages.h"
#include "rules/rule.h"
#include "unit.h"

/* What the programs print, in full, and the row that must know it. */
static const struct {
    const char *line, *id;
} said[] = {
    /* libvirt, before QEMU runs */
    { "Domain requires KVM, but it is not available. Check that virtualization is enabled in the "
      "host BIOS, and host configuration is setup to load the kvm modules.",
      "no-kvm" },
    { "operation failed: Unable to find any firmware to satisfy 'efi'", "no-firmware-found" },
    { "Unable to find 'efi' firmware that is compatible with the current configuration",
      "no-firmware-found" },
    { "Requested operation is not valid: domain has SMM turned off but chosen firmware requires it",
      "firmware-wants-smm" },
    { "internal error: missing 'filename' in '/etc/qemu/firmware/10-x.json'",
      "descriptor-malformed" },
    { "operation failed: unable to find any master var store for loader: /srv/OVMF_CODE.fd",
      "no-variable-store-template" },
    { "conversion of the nvram template to another target format is not supported",
      "nvram-format" },
    { "Cannot access storage file '/srv/db.qcow2' (as uid:64055, gid:109): No such file or "
      "directory",
      "file-not-accessible" },
    { "qemu-system-x86_64: could not load PC BIOS '/srv/OVMF.fd'", "firmware-not-loadable" },
    { "-blockdev {\"driver\":\"file\"}: Could not open '/srv/db.qcow2': Permission denied",
      "file-not-openable" },
    { "internal error: hugetlbfs filesystem is not mounted or disabled by administrator config",
      "no-hugetlbfs" },
    { "internal error: Unable to find any usable hugetlbfs mount for 1048576 KiB",
      "no-hugetlbfs-of-size" },
    { "os_mem_prealloc: preallocating memory failed: Bad address", "hugepage-pool" },
    { "qemu_prealloc_mem: preallocating memory failed: Bad address", "hugepage-pool" },
    { "unable to map backing store for guest RAM: Cannot allocate memory", "hugepage-pool" },
    /* secrets */
    { "internal error: unable to execute QEMU command 'sev-inject-launch-secret': SEV: failed to "
      "inject secret ret=-5 fw_error=11 'Bad measurement'",
      "secret-of-another-launch" },
    { "SEV: failed to inject secret ret=-5 fw_error=9 'Invalid address'", "sev-launch-step" },
    { "SEV: no secret area found in OVMF, gpa must be specified.", "secret-without-area" },
    { "SEV: Not in correct state. (LSECRET) 3", "secret-too-late" },
    { "Requested operation is not valid: domain must be in a paused state",
      "secret-for-running-guest" },
    { "unsupported configuration: setting a launch secret is only supported in SEV-enabled "
      "domains",
      "secret-for-another-kind" },
    { "unsupported configuration: NUMA node 7 is unavailable", "numa-node-unavailable" },
    { "numad is not available on this host", "numad-missing" },
    { "Failed to query numad for the advisory nodeset", "numad-missing" },
    { "cannot set CPU affinity on process 4711: Invalid argument", "cpu-affinity" },
    { "Unable to write to '/sys/fs/cgroup/machine.slice/cpuset.cpus': Numerical result out of "
      "range",
      "cpu-affinity" },
    { "cgroup cpu is required for scheduler tuning", "scheduler-tuning" },
    { "At least one NUMA node has to have CPUs", "numa-cells-without-cpus" },
    { "Memory tuning is not available in session mode", "tuning-in-session" },
    { "cannot limit locked memory of process 812 to 4831838208: Operation not permitted",
      "memlock-not-raised" },
    { "ROM tuning is only supported for PCI devices", "rom-not-pci" },
    { "PCI device 0000:41:00.0 is in use by driver QEMU, domain web", "pci-device-in-use" },
    { "PCI device 0000:41:00.0 is not assignable", "pci-device-not-assignable" },
    { "Unmanaged PCI device 0000:41:00.0 must be manually detached from the host",
      "pci-device-not-assignable" },
    { "Non-endpoint PCI devices cannot be assigned to guests", "pci-device-not-assignable" },
    { "Device 0000:41:00.0 is behind a switch lacking ACS and cannot be assigned",
      "pci-device-not-assignable" },
    { "Mediated host device assignment requires VFIO support", "vfio-unavailable" },
    { "vfio 0000:41:00.0: no iommu_group found: No such file or directory", "vfio-no-group" },
    { "network 'default' is not active", "network-inactive" },
    { "Cannot get interface MTU on 'br0': No such device", "bridge-missing" },
    { "TPM version '2.0' is not supported", "tpm" },
    { "Could not run '/usr/bin/swtpm_setup'. exitstatus: 1; Check error log '/var/log/swtpm/x' for "
      "details.",
      "tpm" },
    { "swtpm died and reported: could not open file", "tpm" },
    { "Unable to find a satisfying virtiofsd", "virtiofsd-missing" },
    { "the virtiofs export directory '/srv/share' does not exist", "virtiofs-folder-missing" },
    { "unable to open vhost-vsock device: No such file or directory", "vsock" },
    { "the CPU is incompatible with host CPU: Host CPU does not provide required features: svm",
      "cpu-incompatible" },
    { "guest CPU doesn't match specification: missing features: avx512f", "cpu-incompatible" },
    { "CPU mode 'host-model' for x86_64 kvm domain on x86_64 host is not supported by hypervisor",
      "cpu-incompatible" },
    { "Requested TSC frequency 2400000000 Hz is outside tolerance range ([1, 2] Hz) around host "
      "frequency 3 Hz",
      "tsc-frequency" },
    { "only 1 graphics device of each type (sdl, vnc, spice, headless, dbus, rdp) is supported",
      "graphics" },
    { "shmem name 'a/b' must not contain '/'", "shmem-name" },
    { "unable to set user and group to '64055:109' on '/srv/db.qcow2': Operation not permitted",
      "label-failed" },
    { "failed to write data to config '/var/lib/libvirt/qemu/domain-1-db/session.base64'",
      "session-file-not-written" },
    { "memory size of NUMA node '0' overflowed after alignment", "memory-size-overflow" },
    { "error: Failed to connect socket to '/var/run/libvirt/virtnetworkd-sock': No such file or "
      "directory",
      "daemon-not-running" },
    { "error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied",
      "daemon-denied" },
    { "error: authentication unavailable: no polkit agent available to authenticate action "
      "'org.libvirt.unix.manage'",
      "daemon-denied" },
    { "error: operation forbidden: read only access prevents virDomainDefineXMLFlags",
      "connection-read-only" },
    { "error: internal error: connection closed due to keepalive timeout", "daemon-silent" },
    { "error: internal error: client socket is closed", "daemon-left" },
    { "error: End of file while reading data: Input/output error", "daemon-left" },
    { "qemu-system-x86_64: unsupported machine type", "machine-unknown" },
    /* QEMU, before and at the launch */
    { "sev_common_kvm_init: cbitpos check failed, host '51' requested '47'", "cbitpos" },
    { "sev_kvm_init: cbitpos check failed, host '51' requested '47'", "cbitpos" },
    { "sev_common_kvm_init: reduced_phys_bits check failed, it should be in the range of 1 to 63, "
      "requested '0'",
      "reduced-phys-bits" },
    { "sev_common_kvm_init: Failed to open /dev/sev 'Permission denied'", "sev-device-denied" },
    { "sev_common_kvm_init: Failed to open /dev/sev 'No such file or directory'",
      "sev-device-missing" },
    { "sev_common_kvm_init: failed to get platform status ret=-25 fw_error='0: '",
      "sev-platform-status" },
    { "sev_common_kvm_init: guest policy requires SEV-ES, but host SEV-ES support unavailable",
      "es-unavailable" },
    { "sev_common_kvm_init: SEV-ES guests require in-kernel irqchipsupport", "es-irqchip" },
    { "vm-type SEV-SNP not supported by KVM", "snp-unsupported-by-kernel" },
    { "vm-type SEV-ES not supported by KVM", "vm-type-unsupported-by-kernel" },
    { "KVM does not support guest_memfd", "no-guest-memfd" },
    { "cannot set up private guest memory for sev-snp-guest: KVM required", "no-guest-memfd" },
    { "sev_common_kvm_init: failed to initialize ret=-16 fw_error=0 ''", "no-free-asid" },
    { "sev_common_kvm_init: failed to initialize ret=-25 fw_error=0 ''", "kind-of-guest-off" },
    { "sev_common_kvm_init: failed to initialize ret=-95 fw_error=0 ''", "kernel-and-qemu-misfit" },
    { "sev_common_kvm_init: failed to initialize ret=-5 fw_error=1 'Platform state is invalid'",
      "sev-init" },
    { "sev_snp_launch_start: SNP_LAUNCH_START ret=-22 fw_error=0 ''",
      "snp-policy-refused-by-kernel" },
    { "sev_common_kvm_init: failed to create encryption context", "encryption-context" },
    { "sev_snp_launch_start: SNP_LAUNCH_START ret=-5 fw_error=7 'Policy is not allowed'",
      "snp-policy-refused-by-firmware" },
    { "sev_snp_launch_start: SNP_LAUNCH_START ret=-5 fw_error=1 'Platform state is invalid'",
      "snp-launch-start" },
    { "sev_snp_launch_start: SNP_LAUNCH_START ret=-25 fw_error=0 ''",
      "snp-launch-unknown-to-kernel" },
    { "sev_launch_start: LAUNCH_START ret=1 fw_error=7 'Policy is not allowed'",
      "sev-policy-refused" },
    { "sev_launch_start: LAUNCH_START ret=1 fw_error=6 'Certificate is invalid'",
      "sev-certificate-invalid" },
    { "sev_launch_start: LAUNCH_START ret=1 fw_error=4 'Buffer too small'", "sev-session-length" },
    { "sev_launch_start: LAUNCH_START ret=1 fw_error=10 'Bad signature'", "sev-session-signature" },
    { "sev_launch_start: LAUNCH_START ret=1 fw_error=11 'Bad measurement'", "sev-session-policy" },
    { "sev_launch_start: LAUNCH_START ret=1 fw_error=1 'Platform state is invalid'",
      "sev-launch-start" },
    { "sev_launch_update_vmsa: LAUNCH_UPDATE_VMSA ret=-5 fw_error=2 'Guest state is invalid'",
      "sev-launch-update-vmsa" },
    { "sev_launch_finish: LAUNCH_FINISH ret=-5 fw_error=2 'Guest state is invalid'",
      "sev-launch-step" },
    { "SEV: Failed to read '/var/lib/libvirt/qemu/domain-1-db/session.base64' (Permission denied)",
      "sev-session-file" },
    { "parameter length of 97 exceeds max of 16", "snp-blob-too-long" },
    { "parameter length of 97 not equal to 96", "snp-blob-too-long" },
    { "parameter length:ID_AUTH 5000 exceeds max of 4096", "snp-id-auth-length" },
    { "SEV-SNP does not support SMM.", "smm-with-snp" },
    { "System Management Mode not supported by this hypervisor.", "smm-with-es" },
    { "pflash with kvm requires KVM readonly memory support", "snp-with-pflash" },
    { "sev_snp_launch_update: SNP_LAUNCH_UPDATE ret=-22 fw_error=0 ''",
      "snp-launch-update-memory" },
    { "combined size of system firmware exceeds 8388608 bytes", "firmware-too-large" },
    { "system firmware block device pflash0 has invalid size 1000", "firmware-too-large" },
    { "SEV information block/Firmware GUID Table block not found in pflash rom",
      "no-es-reset-block" },
    { "SEV-ES reset address is zero", "no-es-reset-block" },
    { "failed to locate and/or save reset vector", "reset-vector" },
    { "sev_snp_launch_finish: Failed to locate SEV metadata header", "no-snp-metadata" },
    { "SEV: guest firmware hashes table area is invalid (base=0x0 size=0x0)",
      "no-kernel-hashes-area" },
    { "SEV: kernel specified but guest firmware has no hashes table GUID",
      "no-kernel-hashes-area" },
    { "sev.c:1241: snp_populate_metadata_pages: Assertion `sev_snp->kernel_hashes_data' failed.",
      "kernel-hashes-without-kernel" },
    { "sev_ram_block_added: failed to register region (0x7f1fc3e00000+0x100000000) error 'Cannot "
      "allocate memory'",
      "memory-not-pinned" },
    { "sev_ram_block_added: failed to register region (0x7f1fc3e00000+0x100000000) error 'Bad "
      "address'",
      "memory-not-registered" },
    { "SEV: 1048832 locked pages exceed the lock limit of 16384.", "pinning-limit" },
    { "SEV: Failure locking 1048832 pages.", "pinning-failed" },
    { "Memory cgroup out of memory: Killed process 812 (qemu-system-x86) total-vm:1kB",
      "out-of-memory-limit" },
    { "Out of memory: Killed process 812 (qemu-system-x86) total-vm:1kB", "out-of-memory" },
    { "qemu unexpectedly closed the monitor", "monitor-closed" },
    { "Discarding RAM is disabled", "discard-disabled" },
    { "vfio 0000:41:00.0: failed to setup container for group 44: Cannot set discarding of RAM "
      "broken: Device or resource busy",
      "vfio-with-snp" },
    { "iommu_platform=true is not supported by the device", "backend-without-platform-access" },
    { "IOMMU support requires reply-ack and backend-req protocol features.",
      "backend-without-platform-access" },
    { "sev_snp_launch_update: SNP_LAUNCH_UPDATE ret=-5 fw_error=22 'Invalid parameter'",
      "snp-cpuid-page" },
    { "SEV-SNP: CPUID validation failed for function 0x8000001d, index: 0x3, provided: "
      "eax:0x000bc163",
      "snp-cpuid-mismatch" },
    { "SEV-SNP: failed update CPUID page", "snp-cpuid-page" },
    { "SEV-SNP: CPUID entry count (65) exceeds max (64)", "snp-cpuid-count" },
    { "SNP_LAUNCH_FINISH ret=-5 fw_error=11 'Bad measurement'", "snp-id-block-measurement" },
    { "SNP_LAUNCH_FINISH ret=-5 fw_error=10 'Bad signature'", "snp-id-block-signature" },
    { "SNP_LAUNCH_FINISH ret=-5 fw_error=7 'Policy is not allowed'", "snp-id-block-policy" },
    { "SNP_LAUNCH_FINISH ret=-5 fw_error=22 'Invalid parameter'", "snp-launch-finish" },
    { "TDX VM doesn't support SMM", "tdx-smm" },
    { "TDX VM requires kernel_irqchip to be split", "tdx-interrupts" },
    { "Named cpu model is not supported for TDX yet!", "tdx-cpu" },
    { "TDX 'mrconfigid' sha384 digest was 47 bytes, expected 48 bytes", "tdx-digest-length" },
    /* after the start */
    { "cpus are not resettable, terminating", "reboot" },
    { "virtio_blk virtio1: device must provide VIRTIO_F_ACCESS_PLATFORM", "virtio-without-iommu" },
    { "virtio_balloon virtio3: device must provide VIRTIO_F_VERSION_1", "virtio-without-iommu" },
    { "ram_block_discard_range: Failed to discard range pc.ram:200000 +200000 (-22)",
      "discard-failed" },
    { "SEV: Migration is not implemented", "no-migration" },
    { "SEV-SNP: Migration is not implemented", "no-migration" },
    /* at define */
    { "unsupported configuration: SEV launch security is not supported with this QEMU binary",
      "launch-type-unsupported" },
    { "unsupported configuration: 'sev-snp' launch security is not supported with this QEMU binary",
      "launch-type-unsupported" },
    { "XML error: Invalid value for attribute 'type' in element 'launchSecurity': 'sev-snp'.",
      "launch-type-unknown" },
    { "XML error: failed to get launch security policy", "policy-unreadable" },
    { "Unexpected length of 'idBlock', expected 96 got 95", "blob-length" },
    { "NVRAM is not permitted when loader is stateless", "nvram-with-stateless" },
    { "Secure boot requires SMM feature enabled", "secure-loader" },
    { "unsupported configuration: iommu driver option is only supported for virtio devices",
      "iommu-misplaced" },
    { "'virtiofs' requires shared memory", "vhost-user-memory" },
};

START_TEST(test_every_message_has_its_row)
{
    for (size_t i = 0; i < G_N_ELEMENTS(said); i++) {
        g_autofree char *stamped =
            g_strdup_printf("2026-03-14T02:51:07.418211Z qemu-system-x86_64: %s", said[i].line);
        struct cvm_match match;
        const struct cvm_message *row = cvm_message_match(stamped, &match);

        ck_assert_msg(row != NULL, "nothing knows: %s", said[i].line);
        ck_assert_str_eq(row->id, said[i].id);
        ck_assert_ptr_eq(cvm_message_match(said[i].line, &match), row);
    }
}
END_TEST

/* A line as the pattern's program would write it. */
static char *
make_sample(const char *pattern)
{
    GString *sample = g_string_new(NULL);

    for (; *pattern; pattern++) {
        if (pattern[0] == '%' && strchr("dxs", pattern[1])) {
            pattern++;
            g_string_append(sample, *pattern == 's'   ? "some text"
                                    : *pattern == 'x' ? "0x3f"
                                                      : "12");
        } else {
            g_string_append_c(sample, *pattern);
        }
    }
    return g_string_free(sample, FALSE);
}

static unsigned
count_values(const char *pattern)
{
    unsigned count = 0;

    for (; *pattern; pattern++) {
        count += pattern[0] == '%' && strchr("dxs", pattern[1]);
    }
    return count;
}

START_TEST(test_each_pattern_finds_its_own_row)
{
    const struct cvm_message *row;

    for (unsigned i = 0; (row = cvm_message_at(i)); i++) {
        for (unsigned j = 0; j < CVM_MESSAGE_PATTERNS && row->patterns[j]; j++) {
            g_autofree char *sample = make_sample(row->patterns[j]);
            g_autofree char *joined = g_strdup_printf("x%sx", sample);
            struct cvm_match match;

            ck_assert_uint_ge(strlen(sample), CVM_MESSAGE_SHORTEST);
            ck_assert_str_eq(cvm_message_match(sample, &match)->id, row->id);
            ck_assert_uint_eq(match.count, count_values(row->patterns[j]));
            ck_assert_uint_le(match.count, CVM_MATCH_VALUES);
            if (g_ascii_isalnum(sample[0])) {
                ck_assert_msg(!cvm_match(row->patterns[j], joined, &match),
                              "'%s' matches within a word", row->patterns[j]);
            }
        }
    }
}
END_TEST

static void
check_placeholders(const struct cvm_message *row, const char *text)
{
    const char *open;

    for (; (open = strchr(text, '{')); text = open + 1) {
        if (g_ascii_isdigit(open[1])) {
            ck_assert_int_eq(open[2], '}');
            for (unsigned j = 0; j < CVM_MESSAGE_PATTERNS && row->patterns[j]; j++) {
                ck_assert_msg((unsigned)(open[1] - '0') <= count_values(row->patterns[j]),
                              "%s: '%s' has not so many values", row->id, row->patterns[j]);
            }
        } else if (g_str_has_prefix(open, "{errno}")) {
            ck_assert_msg(row->ret > 0, "%s has no ret", row->id);
        } else {
            ck_assert_msg(g_str_has_prefix(open, "{code}") || g_str_has_prefix(open, "{meaning}") ||
                              g_str_has_prefix(open, "{do}"),
                          "%s: %s", row->id, open);
            ck_assert_msg(row->fw > 0, "%s has no fw", row->id);
        }
    }
}

START_TEST(test_rows_are_whole)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    const struct cvm_message *row;
    unsigned i;

    for (i = 0; (row = cvm_message_at(i)); i++) {
        ck_assert_msg(g_hash_table_add(ids, (gpointer)row->id), "%s is there twice", row->id);
        ck_assert_ptr_nonnull(row->patterns[0]);
        check_placeholders(row, row->cause);
        check_placeholders(row, row->remedy);
        ck_assert_msg(g_str_has_suffix(row->cause, ".") ||
                          g_str_has_suffix(row->cause, "{meaning}") ||
                          g_str_has_suffix(row->cause, ")"),
                      "%s: %s", row->id, row->cause);
        ck_assert_ptr_eq(cvm_message_find(row->id), row);
    }
    ck_assert_uint_gt(i, 100);
    ck_assert_ptr_null(cvm_message_find("no-such-row"));
}
END_TEST

START_TEST(test_rules_that_rows_name_exist)
{
    const struct cvm_message *row;

    for (unsigned i = 0; (row = cvm_message_at(i)); i++) {
        g_auto(GStrv) ids = g_strsplit(row->rules ? row->rules : "", " ", 0);

        for (char **id = ids; *id; id++) {
            const struct cvm_rule *rule = cvm_rule_find(*id);

            ck_assert_msg(rule && g_str_equal(rule->id, *id), "%s names '%s'", row->id, *id);
        }
    }
}
END_TEST

START_TEST(test_codes)
{
    int before = -2;

    for (const struct cvm_firmware_code *row = cvm_firmware_codes; row->name; row++) {
        g_autofree char *linux_name = g_strdup_printf("sev_ret_%s", row->name);

        ck_assert_int_gt(row->code, before);
        /* The SEV API leaves no gap, and QEMU has a text for each of its codes. */
        if (row->code <= 0x18) {
            ck_assert_int_eq(row->code, before + 1);
            ck_assert(row->code < 0 || row->said);
        }
        ck_assert_ptr_eq(cvm_firmware_code_by_number(row->code), row);
        ck_assert_ptr_eq(cvm_firmware_code_by_name(row->name), row);
        ck_assert_ptr_eq(cvm_firmware_code_by_name(linux_name), row);
        ck_assert(!row->alias || cvm_firmware_code_by_name(row->alias) == row);
        before = row->code;
    }
    ck_assert_ptr_null(cvm_firmware_code_by_number(0x1e));
    ck_assert_str_eq(cvm_firmware_code_by_number(7)->name, "POLICY_FAILURE");
    ck_assert_str_eq(cvm_firmware_code_by_number(0x27)->name, "INVALID_KEY");
    for (const struct cvm_errno *row = cvm_errnos; row->name; row++) {
        ck_assert_ptr_eq(cvm_errno_by_number(-row->number), row);
    }
    ck_assert_str_eq(cvm_errno_by_number(-22)->name, "EINVAL");
}
END_TEST

START_TEST(test_ordinary_lines_match_nothing)
{
    static const char *const lines[] = {
        "",
        "char device redirected to /dev/pts/3 (label charserial0)",
        "qemu-system-x86_64: terminating on signal 15 from pid 1187 (/usr/sbin/libvirtd)",
        "2026-03-14 01:00:00.200+0000: shutting down, reason=shutdown",
        "2026-03-14 01:00:00.200+0000: shutting down, reason=destroyed",
        ("qemu-system-x86_64: warning: host doesn't support requested feature: "
         "CPUID.80000001H:ECX.svm [bit 2]"),
        "kvm_amd: SEV-SNP enabled (ASIDs 1 - 252)",
        "ccp 0000:05:00.5: SEV API:1.55 build:24",
        "systemd[1]: Failed to start domain-controller.service",
        "nginx: open() \"/srv/x\" failed (2: No such file or directory)",
        "Permission denied",
        "SSEV-SNP does not support SMM.",
        "MY_SEV: TMR allocation failed, SEV-ES support unavailable",
        "SEV",
        "fw_error",
        "ret=",
        "policy",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        struct cvm_match match;
        const struct cvm_message *row = cvm_message_match(lines[i], &match);

        ck_assert_msg(row == NULL || row->rank == CVM_RANK_FOLLOWS, "%s: %s", lines[i],
                      row ? row->id : "");
    }
}
END_TEST

UNIT_MAIN("messages", test_every_message_has_its_row, test_each_pattern_finds_its_own_row,
          test_rows_are_whole, test_rules_that_rows_name_exist, test_codes,
          test_ordinary_lines_match_nothing)
