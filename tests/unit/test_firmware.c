/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors: search, masking, order, and libvirt's choice among them. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "model/need.h"
#include "read/read.h"
#include "unit.h"
#include "util/number.h"

/* ---- a root with files ---- */

static char *root;

static void
write_file(const char *path, const char *text)
{
    g_autofree char *real = g_build_filename(root, path, NULL);
    g_autofree char *folder = g_path_get_dirname(real);

    ck_assert_int_eq(g_mkdir_with_parents(folder, 0755), 0);
    ck_assert(g_file_set_contents(real, text, -1, NULL));
}

static void
remove_tree(const char *path)
{
    GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *below = g_build_filename(path, name, NULL);

        remove_tree(below);
    }
    g_clear_pointer(&dir, g_dir_close);
    g_remove(path);
}

static void
make_root(void)
{
    root = g_dir_make_tmp("cvm-firmware-XXXXXX", NULL);
    ck_assert_ptr_nonnull(root);
}

static void
drop_root(void)
{
    remove_tree(root);
    g_clear_pointer(&root, g_free);
}

/* A descriptor of a split flash image for q35. */
#define SPLIT(image, features)                                                                     \
    "{\"description\": \"d\", \"interface-types\": [\"uefi\"], \"mapping\": {\"device\": "         \
    "\"flash\","                                                                                   \
    "\"executable\": {\"filename\": \"" image "\", \"format\": \"raw\"}, \"nvram-template\": "     \
    "{\"filename\": \"/vars\", \"format\": \"raw\"}}, \"targets\": [{\"architecture\": "           \
    "\"x86_64\", "                                                                                 \
    "\"machines\": [\"pc-q35-*\"]}], \"features\": [" features "], \"tags\": []}"
#define STATELESS(image, features)                                                                 \
    "{\"interface-types\": [\"uefi\"], \"mapping\": {\"device\": \"flash\", \"mode\": "            \
    "\"stateless\","                                                                               \
    "\"executable\": {\"filename\": \"" image "\", \"format\": \"raw\"}}, \"targets\": "           \
    "[{\"architecture\": \"x86_64\", \"machines\": [\"pc-q35-*\"]}], \"features\": [" features     \
    "]}"
#define MEMORY(image, features)                                                                    \
    "{\"interface-types\": [\"uefi\"], \"mapping\": {\"device\": \"memory\", \"filename\": "       \
    "\"" image                                                                                     \
    "\"}, \"targets\": [{\"architecture\": \"x86_64\", \"machines\": [\"pc-q35-*\"]}], "           \
    "\"features\": [" features "]}"
#define SEV "\"amd-sev\""
#define ES SEV ", \"amd-sev-es\""
#define SNP ES ", \"amd-sev-snp\""
#define SMM ", \"requires-smm\", \"secure-boot\""

static struct cvm_host *
search(void)
{
    struct cvm_host *host = cvm_host_new();
    g_autoptr(GError) error = NULL;

    ck_assert_msg(cvm_host_add_firmware(host, root, &error) == 0, "%s",
                  error ? error->message : "?");
    ck_assert(host->has_firmware);
    return host;
}

START_TEST(test_search)
{
    struct cvm_host *host;

    make_root();
    write_file("usr/share/qemu/firmware/50-b.json", SPLIT("/b", SEV));
    write_file("usr/share/qemu/firmware/60-masked.json", SPLIT("/masked", SEV));
    write_file("usr/share/qemu/firmware/70-overridden.json", SPLIT("/old", SEV));
    write_file("usr/share/qemu/firmware/.hidden.json", SPLIT("/hidden", SEV));
    write_file("usr/share/qemu/firmware/80-bad.json", "{\"interface-types\": [");
    write_file("usr/share/qemu/firmware/90-dir.json/x", "");
    write_file("etc/qemu/firmware/40-a.json", STATELESS("/a", SNP));
    write_file("etc/qemu/firmware/60-masked.json", "");
    write_file("etc/qemu/firmware/70-overridden.json", SPLIT("/new", SEV));
    host = search();
    ck_assert_uint_eq(host->n_firmware, 3);
    ck_assert_str_eq(host->firmware[0].path, "/etc/qemu/firmware/40-a.json");
    ck_assert_int_eq(host->firmware[0].device, CVM_FIRMWARE_FLASH_STATELESS);
    ck_assert_str_eq(host->firmware[1].executable, "/b");
    ck_assert_str_eq(host->firmware[1].description, "d");
    ck_assert_str_eq(host->firmware[1].nvram_template, "/vars");
    ck_assert_str_eq(host->firmware[2].executable, "/new");
    ck_assert_str_eq(host->malformed_firmware, "/usr/share/qemu/firmware/80-bad.json");
    ck_assert_uint_eq(host->n_images, 0);
    cvm_host_free(host);
    drop_root();
}
END_TEST

START_TEST(test_no_folder)
{
    struct cvm_host *host;

    make_root();
    host = search();
    ck_assert_uint_eq(host->n_firmware, 0);
    ck_assert_ptr_null(host->malformed_firmware);
    cvm_host_free(host);
    drop_root();
}
END_TEST

START_TEST(test_images)
{
    struct cvm_host *host;
    g_autofree char *link = NULL;

    make_root();
    write_file("usr/share/qemu/firmware/50.json", SPLIT("/fw/linked.fd", SEV));
    write_file("usr/share/qemu/firmware/60.json", SPLIT("/fw/disk.qcow2", SEV));
    write_file("usr/share/qemu/firmware/70.json", SPLIT("/fw/absent.fd", SEV));
    write_file("fw/real.fd", "no table here");
    write_file("fw/disk.qcow2", "QFI\xfb and so on");
    write_file("usr/share/ovmf/OVMF.fd", "well known");
    link = g_build_filename(root, "fw/linked.fd", NULL);
    ck_assert_int_eq(symlink("/fw/real.fd", link), 0);
    host = search();
    ck_assert_uint_eq(host->n_images, 2);
    ck_assert_uint_eq(cvm_host_image(host, "/fw/linked.fd")->size, strlen("no table here"));
    ck_assert(!cvm_host_image(host, "/fw/linked.fd")->has_table);
    ck_assert_ptr_nonnull(cvm_host_image(host, "/usr/share/ovmf/OVMF.fd"));
    cvm_host_free(host);
    drop_root();
}
END_TEST

START_TEST(test_malformed)
{
    static const char *const texts[] = {
        "[]",
        "{}",
        "\xff",
        "{\"firmware\": {\"invalid\": true}}",
        "{\"interface-types\": []}",
        "{\"interface-types\": [\"uefi\"], \"mapping\": {\"device\": \"tape\"}, \"targets\": [], "
        "\"features\": []}",
        "{\"interface-types\": [\"uefi\"], \"mapping\": {\"device\": \"memory\", \"filename\": 1}, "
        "\"targets\": [], \"features\": []}",
        "{\"interface-types\": [\"uefi\"], \"mapping\": {\"device\": \"memory\", \"filename\": "
        "\"x\"}, \"targets\": [{\"architecture\": \"x86_64\"}], \"features\": []}",
        "{\"interface-types\": [\"uefi\"], \"mapping\": {\"device\": \"memory\", \"filename\": "
        "\"x\"}, \"targets\": [{\"architecture\": \"x86_64\", \"machines\": [7]}], \"features\": "
        "[]}",
        "{\"interface-types\": [\"tape\"], \"mapping\": {\"device\": \"memory\", \"filename\": "
        "\"x\"}, \"targets\": [], \"features\": []}",
        "{\"interface-types\": [\"uefi\"], \"mapping\": {\"device\": \"flash\", \"mode\": \"odd\", "
        "\"executable\": {\"filename\": \"x\", \"format\": \"raw\"}}, \"targets\": [], "
        "\"features\": []}",
        "{\"interface-types\": [\"uefi\"], \"mapping\": {\"device\": \"flash\", "
        "\"executable\": {\"filename\": \"x\", \"format\": \"raw\"}}, \"targets\": [], "
        "\"features\": []}",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct cvm_host *host;

        make_root();
        write_file("etc/qemu/firmware/10.json", texts[i]);
        host = search();
        ck_assert_msg(host->n_firmware == 0 && host->malformed_firmware, "'%s'", texts[i]);
        cvm_host_free(host);
        drop_root();
    }
}
END_TEST

/* ---- the choice ---- */

static void
set_text(struct cvm_text *to, const char *value)
{
    if (value) {
        cvm_default_text(to, value, NULL, "test");
    }
}

static void
set_flag(struct cvm_flag *to, enum cvm_known value)
{
    if (value != CVM_UNKNOWN) {
        cvm_default_flag(to, value == CVM_YES, NULL, "test");
    }
}

struct wish {
    unsigned libvirt;
    enum cvm_guest guest;
    const char *machine, *type, *loader;
    enum cvm_known stateless, smm, s4, readonly, secure;
    const char *format, *nvram_format, *nvram_template;
};

static const char *
choose(struct cvm_host *host, struct wish wish)
{
    CVM_AUTO(domain) *domain = cvm_domain_new(CVM_FORM_PROFILE);
    const struct cvm_firmware *firmware;

    host->libvirt_version = wish.libvirt;
    domain->launch.guest = wish.guest;
    set_text(&domain->os.firmware, wish.loader ? NULL : "efi");
    set_text(&domain->os.machine, wish.machine ? wish.machine : "q35");
    set_text(&domain->os.type, wish.type);
    set_text(&domain->os.loader, wish.loader);
    set_text(&domain->os.format, wish.format);
    set_text(&domain->os.nvram_format, wish.nvram_format);
    set_text(&domain->os.nvram_template, wish.nvram_template);
    set_flag(&domain->os.readonly, wish.readonly);
    set_flag(&domain->os.secure, wish.secure);
    set_flag(&domain->os.stateless, wish.stateless);
    set_flag(&domain->features.smm, wish.smm);
    set_flag(&domain->pm.suspend_to_disk, wish.s4);
    firmware = cvm_firmware_match(domain, host);
    return firmware ? firmware->executable : "none";
}

#define assert_choice(host, expected, ...)                                                         \
    ck_assert_str_eq(choose(host, (struct wish){ __VA_ARGS__ }), expected)

#define L9 .libvirt = CVM_VERSION(9, 0, 0)
#define L11 .libvirt = CVM_VERSION(11, 3, 0)
#define L12 .libvirt = CVM_VERSION(12, 0, 0)

/* Debian's set: a Secure Boot build with SMM first, a plain one last, only amd-sev claimed. */
START_TEST(test_debian_choice)
{
    struct cvm_host *host;

    make_root();
    write_file("usr/share/qemu/firmware/40.json", SPLIT("/secure", SEV SMM));
    write_file("usr/share/qemu/firmware/60.json", SPLIT("/plain", SEV));
    host = search();
    assert_choice(host, "/secure", L9, .guest = CVM_GUEST_SEV);
    assert_choice(host, "/secure", L11, .guest = CVM_GUEST_SEV);
    assert_choice(host, "none", L9, .guest = CVM_GUEST_SEV, .smm = CVM_NO);
    assert_choice(host, "/plain", L11, .guest = CVM_GUEST_SEV, .smm = CVM_NO);
    assert_choice(host, "/plain", .guest = CVM_GUEST_SEV, .smm = CVM_NO);
    assert_choice(host, "none", L9, .guest = CVM_GUEST_SEV_ES);
    assert_choice(host, "none", L11, .guest = CVM_GUEST_SEV_ES, .smm = CVM_NO);
    assert_choice(host, "none", L11, .guest = CVM_GUEST_SEV_SNP, .smm = CVM_NO);
    assert_choice(host, "none", L11, .guest = CVM_GUEST_SEV, .stateless = CVM_YES);
    assert_choice(host, "none", L11, .guest = CVM_GUEST_SEV, .machine = "pc-i440fx-10.0");
    assert_choice(host, "/secure", L11, .guest = CVM_GUEST_SEV, .machine = "pc-q35-7.2");
    assert_choice(host, "none", L11, .guest = CVM_GUEST_SEV, .machine = "pc");
    assert_choice(host, "none", L11, .guest = CVM_GUEST_SEV, .s4 = CVM_YES);
    assert_choice(host, "/plain", L11, .guest = CVM_GUEST_SEV, .loader = "/plain",
                  .type = "pflash");
    assert_choice(host, "none", L11, .guest = CVM_GUEST_SEV, .loader = "/other", .type = "pflash");
    cvm_host_free(host);
    drop_root();
}
END_TEST

START_TEST(test_stateless_choice)
{
    struct cvm_host *host;

    make_root();
    write_file("usr/share/qemu/firmware/30.json", STATELESS("/amdsev", SNP));
    write_file("usr/share/qemu/firmware/60.json", SPLIT("/plain", SEV));
    host = search();
    assert_choice(host, "/amdsev", L9, .guest = CVM_GUEST_SEV_ES, .stateless = CVM_YES);
    assert_choice(host, "none", L9, .guest = CVM_GUEST_SEV_ES);
    assert_choice(host, "/plain", L9, .guest = CVM_GUEST_SEV);
    assert_choice(host, "none", L11, .guest = CVM_GUEST_SEV_SNP);
    assert_choice(host, "/amdsev", L11, .guest = CVM_GUEST_SEV_SNP, .stateless = CVM_YES);
    assert_choice(host, "none", L11, .guest = CVM_GUEST_SEV_SNP, .stateless = CVM_YES,
                  .type = "rom");
    assert_choice(host, "/amdsev", L12, .guest = CVM_GUEST_SEV_SNP);
    assert_choice(host, "/amdsev", L12, .guest = CVM_GUEST_SEV);
    assert_choice(host, "/plain", L12, .guest = CVM_GUEST_SEV, .stateless = CVM_NO);
    cvm_host_free(host);
    drop_root();
}
END_TEST

/* As libvirt 9.0.0 and 11.3.0 answered for a SEV guest with Debian's descriptors. */
START_TEST(test_loader_attributes)
{
    struct cvm_host *host;

    make_root();
    write_file("usr/share/qemu/firmware/40.json", SPLIT("/secure", SEV SMM));
    write_file("usr/share/qemu/firmware/60.json", SPLIT("/plain", SEV));
    host = search();
    assert_choice(host, "none", L9, .guest = CVM_GUEST_SEV, .type = "pflash");
    assert_choice(host, "none", L9, .guest = CVM_GUEST_SEV, .readonly = CVM_YES);
    assert_choice(host, "none", L9, .guest = CVM_GUEST_SEV, .secure = CVM_NO);
    assert_choice(host, "none", L9, .guest = CVM_GUEST_SEV, .nvram_template = "/x");
    assert_choice(host, "/secure", L9, .guest = CVM_GUEST_SEV, .secure = CVM_YES);
    assert_choice(host, "/secure", L9, .guest = CVM_GUEST_SEV, .format = "qcow2");
    assert_choice(host, "/secure", L9, .guest = CVM_GUEST_SEV, .nvram_format = "qcow2");
    assert_choice(host, "/secure", L11, .guest = CVM_GUEST_SEV, .type = "pflash");
    assert_choice(host, "none", L11, .guest = CVM_GUEST_SEV, .type = "rom");
    assert_choice(host, "/secure", L11, .guest = CVM_GUEST_SEV, .readonly = CVM_YES);
    assert_choice(host, "none", L11, .guest = CVM_GUEST_SEV, .readonly = CVM_NO);
    assert_choice(host, "/plain", L11, .guest = CVM_GUEST_SEV, .secure = CVM_NO);
    assert_choice(host, "none", L11, .guest = CVM_GUEST_SEV, .nvram_template = "/x");
    assert_choice(host, "none", L11, .guest = CVM_GUEST_SEV, .format = "qcow2");
    assert_choice(host, "none", L11, .guest = CVM_GUEST_SEV, .nvram_format = "qcow2");
    cvm_host_free(host);
    drop_root();
}
END_TEST

START_TEST(test_memory_choice)
{
    struct cvm_host *host;

    make_root();
    write_file("usr/share/qemu/firmware/30.json", MEMORY("/rom", SNP));
    host = search();
    assert_choice(host, "/rom", L11, .guest = CVM_GUEST_SEV_SNP);
    assert_choice(host, "/rom", L11, .guest = CVM_GUEST_SEV_SNP, .type = "rom",
                  .stateless = CVM_YES);
    assert_choice(host, "none", L11, .guest = CVM_GUEST_SEV_SNP, .type = "pflash");
    assert_choice(host, "/rom", L12, .guest = CVM_GUEST_SEV_SNP, .stateless = CVM_YES);
    assert_choice(host, "none", L12, .guest = CVM_GUEST_SEV_SNP, .stateless = CVM_NO);
    cvm_host_free(host);
    drop_root();
}
END_TEST

START_TEST(test_malformed_stops_old_libvirt)
{
    struct cvm_host *host;

    make_root();
    write_file("usr/share/qemu/firmware/60.json", SPLIT("/plain", SEV));
    write_file("usr/share/qemu/firmware/90.json", "{}");
    host = search();
    assert_choice(host, "none", L9, .guest = CVM_GUEST_SEV);
    assert_choice(host, "/plain", L11, .guest = CVM_GUEST_SEV);
    cvm_host_free(host);
    drop_root();
}
END_TEST

START_TEST(test_targets)
{
    static const char *targets[] = { "x86_64 pc-q35-*", "aarch64 virt-*", "x86_64 microvm", NULL };
    const struct cvm_firmware firmware = { .targets = { targets, 3 } };

    ck_assert(cvm_firmware_targets(&firmware, "x86_64", "pc-q35-10.0"));
    ck_assert(cvm_firmware_targets(&firmware, "x86_64", "q35"));
    ck_assert(cvm_firmware_targets(&firmware, "x86_64", "microvm"));
    ck_assert(!cvm_firmware_targets(&firmware, "x86_64", "pc"));
    ck_assert(!cvm_firmware_targets(&firmware, "x86_64", "virt-9.0"));
    ck_assert(!cvm_firmware_targets(&firmware, "x86", "64 pc-q35-1"));
    ck_assert(!cvm_firmware_targets(&firmware, "i686", "pc-q35-10.0"));
}
END_TEST

UNIT_MAIN("firmware", test_search, test_no_folder, test_images, test_malformed, test_debian_choice,
          test_stateless_choice, test_loader_attributes, test_memory_choice,
          test_malformed_stops_old_libvirt, test_targets)
