/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Input that was made to hurt: each of these ends, in a clear error with its place or as a document
 * whose rules have run, within Check's time limit. What they took is in docs/performance.md. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "read/read.h"
#include "rules/control.h"
#include "unit.h"
#include "util/error.h"

/* The whole way of a document: the number of findings, -1 for an error. */
static int
judge(const char *data, size_t size, GError **error)
{
    g_autoptr(GPtrArray) domains = cvm_documents_parse("x", data, size, NULL, error);
    CVM_AUTO(findings) *findings = cvm_findings_new();

    for (guint i = 0; domains && i < domains->len; i++) {
        cvm_check_run(g_ptr_array_index(domains, i), NULL, NULL, findings);
    }
    cvm_findings_sort(findings);
    return domains ? (int)findings->items->len : -1;
}

/* Where part may hold one %u: the number of the repetition. */
static void
append_many(GString *text, const char *part, unsigned count)
{
    const char *number = strstr(part, "%u");

    for (unsigned i = 0; i < count; i++) {
        if (number) {
            g_string_append_len(text, part, number - part);
            g_string_append_printf(text, "%u%s", i, number + 2);
        } else {
            g_string_append(text, part);
        }
    }
}

static const struct hostile {
    const char *head, *part;
    unsigned count;
    const char *tail;
    const char *error; /* NULL: a document, however strange */
} hostile[] = {
    /* XML */
    { "<domain>", "<a>", 100000, "", "nested deeper" },
    { "", "<domain>", 200000, "", "nested deeper" },
    { "<domain><a", " a%u=''", 100000, "/></domain>", "256 attributes" },
    { "<domain>", "<a b='' c='' d='' e='' f='' g='' h=''/>", 70000, "</domain>", "more elements" },
    { "<domain>", "<n%u/>", 100000, "</domain>", "different names" },
    { "<domain>", "<a xmlns='u%u'/>", 50000, "</domain>", "different names" },
    { "<domain><", "x", 5000000, "/></domain>", "well-formed" },
    { "<domain><a b='", "x", 9000000, "'/></domain>", NULL },
    { "<domain><title>", "x", 9000000, "</title></domain>", NULL },
    { "<domain><title>", "&#65;", 500000, "</title></domain>", NULL },
    { "<domain>", "<", 5000000, "", "well-formed" },
    { "<domain>", "&", 5000000, "", "well-formed" },
    { "<domain>", "<!---->", 500000, "</domain>", NULL },
    { "<domain>", "<!-- ", 500000, "</domain>", "well-formed" },
    { "<domain>", "<?a b?>", 300000, "</domain>", NULL },
    { "<domain><?a ", "b", 5000000, "?></domain>", NULL },
    { "<domain><name>", "<![CDATA[x]]>", 100000, "</name></domain>", NULL },
    { "<domain>", "\n", 5000000, "<memory>x</memory></domain>", NULL },
    { "<domain>", "\xff", 5000000, "</domain>", "no UTF-8" },
    { "<domain><devices>", "<disk><target dev='vda'/></disk>", 100000, "</devices></domain>",
      NULL },
    { "<domain><devices>", "<disk><target dev='vda'/></disk>", 512, "</devices></domain>", NULL },
    { "<domain><devices>", "<interface type='user'><mac address='52:54:00:00:00:01'/></interface>",
      512, "</devices></domain>", NULL },
    { "<domain>", "<launchSecurity type='sev'/>", 50000, "</domain>", NULL },
    { "<domain><cputune>", "<vcpupin vcpu='%u' cpuset='0-4095'/>", 4000, "</cputune></domain>",
      NULL },
    { "<domain><vcpu cpuset='", "0-4095,", 200000, "1'>1</vcpu></domain>", NULL },
    { "<domain><features>", "<acpi/><apic/><launchSecurity/>", 150000, "</features></domain>",
      NULL },
    { "<domain>", "<a/><hard_limit/>", 200000, "</domain>", NULL },
    { "<domainsnapshot>", "<domain/>", 200000, "</domainsnapshot>", NULL },
    { "<domain xmlns:xi='http://www.w3.org/2001/XInclude'>",
      "<xi:include href='/etc/passwd' parse='text'/>", 1000, "</domain>", NULL },
    { "<!DOCTYPE domain [<!ENTITY a 'ha'>", "<!ENTITY a%u '&a;&a;&a;&a;&a;&a;&a;&a;'>", 1000,
      "]><domain>&a;</domain>", "document type" },
    { "<!DOCTYPE domain SYSTEM 'http://127.0.0.1:9/x'><domain>", "x", 1, "</domain>",
      "document type" },
    { "<domain><name>", "&undefined;", 1, "</name></domain>", "well-formed" },
    { "<?xml version='1.0' encoding='", "x", 2000, "'?><domain/>", "1024 bytes" },
    /* profiles */
    { "launchSecurity: ", "[", 500000, "", "nested more than" },
    { "launchSecurity: ", "{a: ", 200000, "", "nested more than" },
    { "name: x\n", "k%u: 1\n", 9999, "", NULL },
    { "name: x\n", "k%u: 1\n", 10000, "", "more than 10000 keys" },
    { "name: [", "&a%u x, ", 20000, "]\n", NULL },
    { "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n"
      "d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\n",
      "e%u: [*d,*d,*d,*d,*d,*d,*d,*d]\n", 100, "", "too large" },
    { "name: ", "x", 1000000, "\n", NULL },
    { "name: \"", "\\x41", 200000, "\"\n", NULL },
    { "", "---\n", 100000, "name: x\n", "documents in one file" },
    { "", "- ", 100000, "x\n", "nested more than" },
    { "devices: {disk: [", "{source: /a}, ", 10000, "]}\n", NULL },
    { "", "\t", 100000, "x: 1\n", "tab" },
    { "name: x\nmemory: ", "9", 500000, "GiB\n", NULL },
};

START_TEST(test_hostile_documents)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autoptr(GString) text = g_string_new(hostile[i].head);
        g_autoptr(GError) error = NULL;
        int found;

        append_many(text, hostile[i].part, hostile[i].count);
        g_string_append(text, hostile[i].tail);
        found = judge(text->str, text->len, &error);
        ck_assert_msg((found < 0) == (hostile[i].error != NULL), "%zu (%s…%s): %s", i,
                      hostile[i].head, hostile[i].part, error ? error->message : "accepted");
        if (error) {
            ck_assert_msg(strstr(error->message, hostile[i].error) != NULL, "%zu: %s", i,
                          error->message);
            ck_assert_uint_gt(cvm_error_place(error)->line, 0);
        }
        /* A rule lists 1,000 findings of a document; two rules judge the worst one here. */
        ck_assert_int_lt(found, 2100);
    }
}
END_TEST

static const char domain_sample[] =
    "<?xml version='1.0' encoding='UTF-8'?>\n<!-- cvmdom: ignore=CVM107 -- r\xc3\xa4tsel -->\n"
    "<domain type='kvm' xmlns:qemu=\"http://libvirt.org/schemas/domain/qemu/1.0\">\n"
    " <name>db</name><memory unit='GiB'>4</memory><vcpu cpuset='0-3,^2'>2</vcpu>\n"
    " <os><type arch='x86_64' machine='q35'>hvm</type><loader type='rom'>/a</loader></os>\n"
    " <devices><disk type='file'><source file='/&lt;x'/><target dev='vda' bus='virtio'/></disk>\n"
    "  <interface type='bridge'><source bridge='b'/><mac address='52:54:00:00:00:01'/></interface>"
    "</devices>\n"
    " <launchSecurity type='sev-snp'><policy>0x30000</policy><idBlock>AQ==</idBlock>"
    "</launchSecurity>\n"
    " <qemu:commandline><qemu:arg value='-cpu'/></qemu:commandline><![CDATA[ ]]>\n</domain>\n";

static const char profile_sample[] =
    "# cvmdom: ignore=CVM207 -- why\nname: \"db\\x41\"\nbase: &b {type: sev, policy: [debug]}\n"
    "launchSecurity: {<<: *b, policy: 0x30000, dhCert: AQ==}\nmemory: 4GiB\nvcpu: 2\n"
    "cpu: 'EPYC'\nmetadata: |\n  <a:b xmlns:a='c'/>\ndevices:\n"
    "  disk:\n  - {source: /a, target: vda}\n  interface: {type: bridge, source: b}\n...\n";

/* An answer to every prefix, and to every byte that was put in the place of another. */
static void
check_damaged(const char *text, size_t size)
{
    static const char bytes[] = "<>&\"'{[*&:#\n \0\xff\xc3";
    g_autofree char *damaged = g_memdup2(text, size + 1);

    for (size_t i = 0; i < size; i++) {
        g_autoptr(GError) error = NULL;

        if (judge(text, i, &error) < 0) {
            ck_assert_msg(cvm_error_place(error)->line > 0, "%zu: %s", i, error->message);
        }
        for (size_t j = 0; j < sizeof bytes; j++) {
            g_autoptr(GError) cause = NULL;

            damaged[i] = bytes[j];
            if (judge(damaged, size, &cause) < 0) {
                ck_assert_msg(cvm_error_place(cause)->line > 0, "%zu: %s", i, cause->message);
            }
        }
        damaged[i] = text[i];
    }
}

START_TEST(test_damaged_domain)
{
    check_damaged(domain_sample, sizeof domain_sample - 1);
}
END_TEST

START_TEST(test_damaged_profile)
{
    check_damaged(profile_sample, sizeof profile_sample - 1);
}
END_TEST

START_TEST(test_damaged_utf16)
{
    gsize size;
    g_autofree char *text = g_convert("\xef\xbb\xbf<domain><name>\xf0\x9f\x94\x92</name></domain>",
                                      -1, "UTF-16BE", "UTF-8", NULL, &size, NULL);

    ck_assert_ptr_nonnull(text);
    check_damaged(text, size);
}
END_TEST

START_TEST(test_damaged_host)
{
    static const char text[] =
        "<domainCapabilities><path>/q</path><domain>kvm</domain><machine>pc-q35-9.0</machine>"
        "<arch>x86_64</arch><vcpu max='255'/><os supported='yes'/><features>"
        "<sev supported='yes'><cbitpos>51</cbitpos><reducedPhysBits>1</reducedPhysBits>"
        "<maxGuests>9</maxGuests></sev></features></domainCapabilities>";

    for (size_t i = 0; i < sizeof text; i++) {
        g_autoptr(GError) error = NULL;
        CVM_AUTO(host) *host = cvm_host_parse("x", text, i, &error);

        ck_assert(host || cvm_error_place(error)->line > 0);
    }
}
END_TEST

/* What is no file of text. */
START_TEST(test_strange_files)
{
    static const struct {
        const char *path, *says;
    } cases[] = {
        { "/dev/zero", "larger than" },
        { "/", "cannot read '/'" },
        { "/dev/null", "empty" },
    };
    g_autofree char *folder = g_dir_make_tmp("cvmdom-test.XXXXXX", NULL);
    g_autofree char *fifo = g_build_filename(folder, "fifo.xml", NULL);
    g_autoptr(GError) cause = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(cvm_documents_read(cases[i].path, NULL, &error));
        ck_assert_msg(strstr(error->message, cases[i].says) != NULL, "%s", error->message);
    }
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    ck_assert_ptr_null(cvm_documents_read_found(fifo, NULL, &cause));
    ck_assert_msg(strstr(cause->message, "no regular file") != NULL, "%s", cause->message);
    g_unlink(fifo);
    g_rmdir(folder);
}
END_TEST

UNIT_MAIN("hostile", test_hostile_documents, test_damaged_domain, test_damaged_profile,
          test_damaged_utf16, test_damaged_host, test_strange_files)
