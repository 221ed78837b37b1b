/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/qemu.h"

#include <cvmdom/domain.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* What every profile here has. */
#define BASE "name: db\nmemory: 64MiB\nvcpu: 2\n"
#define SEV BASE "launchSecurity: {type: sev, cbitpos: 51, reducedPhysBits: 1}\n"
#define PLAIN BASE "launchSecurity: {type: none}\n"

static cvmdom_domains *domains;
static char **args;

/* The arguments of a profile, which stay until the next one's. */
static void
render(const char *profile)
{
    free(args);
    cvmdom_domains_free(domains);
    domains = cvmdom_domains_parse("db.yaml", profile, strlen(profile), NULL, NULL);
    ck_assert_ptr_nonnull(domains);
    cvmdom_domain_set_target(cvmdom_domains_get(domains, 0), "qemu", NULL);
    cvmdom_domain_resolve(cvmdom_domains_get(domains, 0), NULL);
    ck_assert_int_eq(cvmdom_domain_qemu_args(cvmdom_domains_get(domains, 0), NULL, &args, NULL), 0);
}

static void
clear(void)
{
    free(args);
    cvmdom_domains_free(domains);
    args = NULL;
    domains = NULL;
}

/* The first value of the option that contains part; NULL when there is none. */
static const char *
value_with(const char *option, const char *part)
{
    for (size_t i = 0; args[i] && args[i + 1]; i++) {
        if (g_str_equal(args[i], option) && strstr(args[i + 1], part)) {
            return args[i + 1];
        }
    }
    return NULL;
}

static gboolean
has_word(const char *word)
{
    return g_strv_contains((const char *const *)args, word);
}

#define ASSERT_VALUE(option, part, expected)                                                       \
    ck_assert_str_eq(value_with(option, part) ? value_with(option, part) : "(none)", expected)
#define ASSERT_NO_VALUE(option, part) ck_assert_ptr_null(value_with(option, part))

START_TEST(test_launch)
{
    render(SEV);
    ASSERT_VALUE("-object", "lsec0",
                 "{\"qom-type\":\"sev-guest\",\"id\":\"lsec0\",\"cbitpos\":51,"
                 "\"reduced-phys-bits\":1,\"policy\":3}");
    ck_assert_ptr_nonnull(value_with("-machine", ",confidential-guest-support=lsec0"));
    ASSERT_VALUE("-overcommit", "", "mem-lock=off");
    render(BASE "launchSecurity: {type: sev-snp, cbitpos: 51, reducedPhysBits: 1, vcek: false, "
                "kernelHashes: true, authorKey: true}\n");
    ASSERT_VALUE("-object", "lsec0",
                 "{\"qom-type\":\"sev-snp-guest\",\"id\":\"lsec0\",\"cbitpos\":51,"
                 "\"reduced-phys-bits\":1,\"kernel-hashes\":true,\"policy\":196608,"
                 "\"author-key-enabled\":true,\"vcek-disabled\":true}");
    ck_assert(has_word("-no-reboot"));
    render(PLAIN);
    ASSERT_NO_VALUE("-object", "lsec0");
    ASSERT_NO_VALUE("-machine", "confidential-guest-support");
}
END_TEST

/* Whatever is wrong, and rendered all the same: the machine is tied to an object that is not there,
 * so that QEMU does not start, and no weaker default takes the place of what was asked for. */
START_TEST(test_half_known_protection_does_not_start)
{
    static const char *const launches[] = {
        "{type: sev}",
        "{type: sev, cbitpos: 51}",
        "{type: sev, reducedPhysBits: 1}",
        "{type: tdx, cbitpos: 51, reducedPhysBits: 1}",
        "{type: [], cbitpos: 51, reducedPhysBits: 1}",
        "{type: sev, cbitpos: 51, reducedPhysBits: 1, policy: nonsense}",
        "{type: sev, cbitpos: x, reducedPhysBits: 1}",
        "{type: sev, cbitpos: 51, reducedPhysBits: 1, session: {file: /does/not/exist}}",
        "{type: sev-snp, cbitpos: 51, reducedPhysBits: 1, idBlock: '!'}",
        "{type: sev-snp, cbitpos: 51, reducedPhysBits: 1, kernelHashes: perhaps}",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(launches); i++) {
        g_autofree char *profile = g_strconcat(BASE, "launchSecurity: ", launches[i], "\n", NULL);

        render(profile);
        ck_assert_msg(value_with("-machine", ",confidential-guest-support=lsec0") != NULL, "%s",
                      launches[i]);
        ck_assert_msg(value_with("-object", "lsec0") == NULL, "%s: %s", launches[i],
                      value_with("-object", "lsec0"));
    }
}
END_TEST

START_TEST(test_memory)
{
    render(PLAIN);
    ASSERT_VALUE("-m", "", "size=65536k");
    ASSERT_VALUE("-object", "pc.ram",
                 "{\"qom-type\":\"memory-backend-ram\",\"id\":\"pc.ram\",\"size\":67108864}");
    render("name: db\nvcpu: 2\nlaunchSecurity: {type: none}\n"
           "memory: {size: 64MiB, hugepages: 2MiB, max: 128MiB, locked: true, nosharepages: true}\n"
           "numatune: {nodeset: '0-1', mode: interleave}\n");
    ASSERT_VALUE("-m", "", "size=65536k,slots=16,maxmem=131072k");
    ASSERT_VALUE("-object", "pc.ram",
                 "{\"qom-type\":\"memory-backend-memfd\",\"id\":\"pc.ram\",\"hugetlb\":true,"
                 "\"hugetlbsize\":2097152,\"prealloc\":true,\"size\":67108864,"
                 "\"host-nodes\":[0,1],\"policy\":\"interleave\"}");
    ASSERT_VALUE("-overcommit", "", "mem-lock=on");
    ck_assert_ptr_nonnull(value_with("-machine", ",mem-merge=off"));
    render("name: db\nvcpu: 2\nlaunchSecurity: {type: none}\n"
           "memory: {size: 64MiB, source: file, access: shared, allocation: immediate}\n");
    ASSERT_VALUE("-object", "pc.ram",
                 "{\"qom-type\":\"memory-backend-file\",\"id\":\"pc.ram\","
                 "\"mem-path\":\"/var/lib/cvmdom/db/pc.ram\",\"share\":true,\"prealloc\":true,"
                 "\"size\":67108864}");
}
END_TEST

START_TEST(test_cells)
{
    render(PLAIN "cpu:\n  model: EPYC\n  numa:\n"
                 "    - {cpus: '0', memory: 32MiB, nodeset: '1'}\n"
                 "    - {cpus: '1', memory: 16MiB}\n"
                 "numatune: {nodeset: '0', mode: strict}\n");
    ASSERT_VALUE("-m", "", "size=49152k");
    ASSERT_NO_VALUE("-machine", "memory-backend");
    ASSERT_VALUE("-object", "ram-node0",
                 "{\"qom-type\":\"memory-backend-ram\",\"id\":\"ram-node0\",\"size\":33554432,"
                 "\"host-nodes\":[1],\"policy\":\"bind\"}");
    ASSERT_VALUE("-object", "ram-node1",
                 "{\"qom-type\":\"memory-backend-ram\",\"id\":\"ram-node1\",\"size\":16777216,"
                 "\"host-nodes\":[0],\"policy\":\"bind\"}");
    ASSERT_VALUE("-numa", "nodeid=0", "node,nodeid=0,cpus=0,memdev=ram-node0");
}
END_TEST

START_TEST(test_processor)
{
    render("name: db\nmemory: 64MiB\nlaunchSecurity: {type: none}\n"
           "vcpu: {count: 4, current: 2, iothreads: 1, topology: {sockets: 2, cores: 2}}\n"
           "cpu: {model: EPYC-Rome, check: full, feature: [{name: lahf_lm}, {name: x2apic, policy: "
           "disable}]}\nfeatures: {pmu: false, ioapic: qemu, vmport: false}\n");
    ASSERT_VALUE("-cpu", "", "EPYC-Rome,lahf-lm=on,x2apic=off,pmu=off,enforce");
    ASSERT_VALUE("-smp", "", "2,maxcpus=4,sockets=2,dies=1,cores=2,threads=1");
    ASSERT_VALUE("-object", "iothread", "{\"qom-type\":\"iothread\",\"id\":\"iothread1\"}");
    ck_assert_ptr_nonnull(value_with("-machine", ",vmport=off,smm=off,kernel_irqchip=split,"));
    render(PLAIN "virtType: qemu\n");
    ASSERT_VALUE("-cpu", "", "max");
    ASSERT_VALUE("-accel", "", "tcg");
    ASSERT_VALUE("-smp", "", "2,sockets=2,cores=1,threads=1");
}
END_TEST

START_TEST(test_firmware)
{
    render(PLAIN "os: {firmware: {loader: '/a,b.fd', type: pflash, secure: true, "
                 "nvramTemplate: /vars.fd}, kernel: '/k,1', initrd: /i, cmdline: 'a=1,b', "
                 "bootmenu: true}\n");
    ck_assert_ptr_nonnull(value_with("-blockdev", "\"filename\":\"/a,b.fd\""));
    ck_assert_ptr_nonnull(value_with("-blockdev", "\"filename\":\"/var/lib/cvmdom/db/VARS.fd\""));
    ASSERT_VALUE("-global", "cfi.pflash01", "driver=cfi.pflash01,property=secure,value=on");
    ck_assert_ptr_nonnull(
        value_with("-machine", ",pflash0=libvirt-pflash0-format,pflash1=libvirt-pflash1-format"));
    ASSERT_VALUE("-kernel", "", "/k,1");
    ASSERT_VALUE("-initrd", "", "/i");
    ASSERT_VALUE("-append", "", "a=1,b");
    ASSERT_VALUE("-boot", "", "menu=on,strict=on");
    render(PLAIN "os: {firmware: {loader: /a.fd, type: rom, stateless: true}}\n");
    ASSERT_VALUE("-bios", "", "/a.fd");
    ASSERT_NO_VALUE("-blockdev", "pflash");
}
END_TEST

START_TEST(test_lifecycle)
{
    render(PLAIN "onReboot: preserve\nonCrash: preserve\nonPoweroff: preserve\n");
    ASSERT_VALUE("-action", "reboot", "reboot=shutdown");
    ASSERT_VALUE("-action", "shutdown=", "shutdown=pause");
    ASSERT_VALUE("-action", "panic", "panic=pause");
    ASSERT_VALUE("-global", "s3", "ICH9-LPC.disable_s3=1");
    render(PLAIN "clock: {offset: localtime}\npm: {suspendToMem: true}\n");
    ASSERT_VALUE("-rtc", "", "base=localtime");
    ASSERT_VALUE("-global", "s3", "ICH9-LPC.disable_s3=0");
    ck_assert(!has_word("-no-reboot"));
}
END_TEST

/* A name becomes a folder's, and no two names the same one; a socket's path stays short. */
START_TEST(test_folders)
{
    static const struct {
        const char *name, *folder;
    } cases[] = {
        { "db-1.x", "/run/cvmdom/db-1.x/" },
        { "a b,c", "/run/cvmdom/a=20b=2Cc/" },
        { "..", "/run/cvmdom/=2E./" },
        { "ü%", "/run/cvmdom/=C3=BC=25/" },
    };
    g_autofree char *name = g_strnfill(200, 'x');
    const char *path;
    g_autofree char *longest =
        g_strdup_printf("name: %s\nmemory: 64MiB\nvcpu: 1\nlaunchSecurity: {type: none}\n", name);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *profile = g_strdup_printf(
            "name: '%s'\nmemory: 64MiB\nvcpu: 1\nlaunchSecurity: {type: none}\n", cases[i].name);

        render(profile);
        ck_assert_msg(value_with("-chardev", cases[i].folder) != NULL, "%s: %s", cases[i].name,
                      value_with("-chardev", ""));
    }
    render(longest);
    path = strstr(value_with("-chardev", "id=charmonitor"), "path=") + strlen("path=");
    ck_assert_int_lt(strcspn(path, ","), 107); /* sun_path */
    render("name: 'a,b'\nmemory: 64MiB\nvcpu: 1\nlaunchSecurity: {type: none}\n");
    ASSERT_VALUE("-name", "", "guest=a,,b,debug-threads=on");
}
END_TEST

START_TEST(test_another_hypervisor)
{
    static const char xml[] = "<domain type='lxc'><name>a</name></domain>";
    cvmdom_domains *others = cvmdom_domains_parse("a.xml", xml, sizeof(xml) - 1, NULL, NULL);
    cvmdom_error *error = NULL;
    char **words = NULL;

    ck_assert_int_eq(cvmdom_domain_qemu_args(cvmdom_domains_get(others, 0), NULL, &words, &error),
                     -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_UNSUPPORTED);
    ck_assert_ptr_null(words);
    cvmdom_error_free(error);
    cvmdom_domains_free(others);
}
END_TEST

UNIT_MAIN_WITH(NULL, clear, "render-qemu", test_launch, test_half_known_protection_does_not_start,
               test_memory, test_cells, test_processor, test_firmware, test_lifecycle, test_folders,
               test_another_hypervisor)
