/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host can run as a whole, and how that is reported. */
#include <jansson.h>
#include <string.h>

#include "cvmdom/cvmdom.h"
#include "unit.h"

static cvmdom_readiness *
check_file(const char *path)
{
    cvmdom_host *host = cvmdom_host_read(path, NULL);
    cvmdom_readiness *readiness;

    ck_assert_msg(host, "%s", path);
    readiness = cvmdom_host_check(host);
    cvmdom_host_free(host); /* the readiness outlives it */
    return readiness;
}

static cvmdom_readiness *
check_bundled(const char *name)
{
    g_autofree char *file = g_strdup_printf("profiles/hosts/%s.xml", name);
    g_autofree char *path = unit_source_path(file);

    return check_file(path);
}

static cvmdom_readiness *
check_pieces(const char *name, const char *pieces)
{
    g_autofree char *text =
        g_strdup_printf("<cvmdomHost version='1' name='%s'>%s</cvmdomHost>", name, pieces);
    cvmdom_host *host = cvmdom_host_parse("test.xml", text, strlen(text), NULL);
    cvmdom_readiness *readiness;

    ck_assert_msg(host, "%s", text);
    readiness = cvmdom_host_check(host);
    cvmdom_host_free(host);
    return readiness;
}

/* -1: not known. */
static void
expect(const cvmdom_readiness *readiness, const char *type, int state, int capacity, int room)
{
    struct cvmdom_prospect prospect;

    ck_assert_int_eq(cvmdom_readiness_type(readiness, type, &prospect, NULL), 0);
    ck_assert_str_eq(prospect.type, type);
    ck_assert_int_eq(prospect.state, state);
    ck_assert_int_eq(prospect.has_capacity ? (int)prospect.capacity : -1, capacity);
    ck_assert_int_eq(prospect.has_free ? (int)prospect.free : -1, room);
}

static void
find(const cvmdom_readiness *readiness, const char *id, struct cvmdom_check *check)
{
    for (size_t i = 0; cvmdom_readiness_at(readiness, i, check) == 0; i++) {
        if (g_str_equal(check->id, id)) {
            return;
        }
    }
    ck_abort_msg("there is no check '%s'", id);
}

static char *
report(const cvmdom_readiness *readiness, const char *format, const char *type)
{
    char *text = NULL;

    ck_assert_int_eq(cvmdom_readiness_report(readiness, format, type, 0, &text, NULL), 0);
    return text;
}

/* ---- whole hosts ---- */

START_TEST(test_good_host)
{
    cvmdom_readiness *readiness = check_bundled("epyc-genoa-snp");
    struct cvmdom_check check;

    /* misc.capacity and misc.current of its record */
    expect(readiness, "sev", CVMDOM_CHECK_PASSED, 907, 906);
    expect(readiness, "sev-es", CVMDOM_CHECK_PASSED, 99, 97);
    expect(readiness, "sev-snp", CVMDOM_CHECK_PASSED, 99, 97);
    for (size_t i = 0; cvmdom_readiness_at(readiness, i, &check) == 0; i++) {
        ck_assert_msg(check.state != CVMDOM_CHECK_FAILED, "%s: %s", check.id, check.fact);
        ck_assert(check.types > 0 && check.types <= 7 && *check.title && *check.fact);
    }
    cvmdom_readiness_free(readiness);
}
END_TEST

/* Everything that is said is that it is the wrong machine. */
START_TEST(test_hopeless_host)
{
    cvmdom_readiness *readiness = check_bundled("xeon-nosev");
    g_autofree char *text = report(readiness, "text", NULL);
    struct cvmdom_check check;

    expect(readiness, "sev", CVMDOM_CHECK_FAILED, -1, -1);
    expect(readiness, "sev-es", CVMDOM_CHECK_FAILED, -1, -1);
    expect(readiness, "sev-snp", CVMDOM_CHECK_FAILED, -1, -1);
    ck_assert_str_eq(text, "Host 'xeon-nosev' can run guests with\n"
                           "  SEV      no, in the way: processor\n"
                           "  SEV-ES   no, in the way: processor\n"
                           "  SEV-SNP  no, in the way: processor\n"
                           "\n"
                           "failed: its CPU is no AMD EPYC, but 'Intel(R) Xeon(R) Gold 6226R CPU "
                           "@ 2.90GHz\n"
                           "  (family 6, model 85)'. [processor]\n"
                           "  fix: Choose a host with AMD EPYC CPUs.\n"
                           "\n"
                           "not known (1): virtual-machine\n");
    find(readiness, "dev-sev", &check);
    ck_assert_int_eq(check.state, CVMDOM_CHECK_UNKNOWN);
    ck_assert_str_eq(check.fact, "it does not matter after 'processor'");
    ck_assert_ptr_null(check.fix);
    cvmdom_readiness_free(readiness);
}
END_TEST

/* SEV-SNP is out of reach, the other two go on. */
START_TEST(test_older_host)
{
    cvmdom_readiness *readiness = check_bundled("epyc-rome-sev");
    struct cvmdom_check check;

    expect(readiness, "sev", CVMDOM_CHECK_PASSED, 410, -1);
    expect(readiness, "sev-es", CVMDOM_CHECK_PASSED, 99, -1);
    expect(readiness, "sev-snp", CVMDOM_CHECK_FAILED, -1, -1);
    find(readiness, "kernel-sev-snp", &check);
    ck_assert_str_eq(check.fact, "it does not matter after 'cpu-sev-snp'");
    find(readiness, "dev-sev", &check);
    ck_assert_uint_eq(check.types, CVMDOM_TYPE_SEV | CVMDOM_TYPE_SEV_ES);
    cvmdom_readiness_free(readiness);
}
END_TEST

/* What nobody knows is not ready. */
START_TEST(test_unknown_host)
{
    cvmdom_readiness *readiness = check_pieces("empty", "");
    cvmdom_readiness *almost =
        check_pieces("almost", "<module name='kvm_amd'><parameter name='sev'>Y</parameter></module>"
                               "<misc><capacity sev='410' sev_es='99'/></misc><guests sev='400'/>"
                               "<device path='/dev/sev'/><device path='/dev/kvm'/>"
                               "<versions><libvirt>11.3.0</libvirt></versions>");
    g_autofree char *text = report(almost, "text", "sev");

    expect(readiness, "sev", CVMDOM_CHECK_UNKNOWN, -1, -1);
    expect(readiness, "sev-es", CVMDOM_CHECK_UNKNOWN, -1, -1);
    expect(readiness, "sev-snp", CVMDOM_CHECK_UNKNOWN, -1, -1);
    expect(almost, "sev", CVMDOM_CHECK_UNKNOWN, 410, 10);
    ck_assert_msg(strstr(text, "SEV      not known, the host does not tell: qemu-sev\n"), "%s",
                  text);
    ck_assert_ptr_null(strstr(text, "SEV-ES  "));
    cvmdom_readiness_free(readiness);
    cvmdom_readiness_free(almost);
}
END_TEST

/* ---- reports ---- */

START_TEST(test_text)
{
    cvmdom_readiness *readiness = check_pieces(
        "milan",
        "<module name='kvm_amd'><parameter name='sev_snp'>N</parameter></module>"
        "<kernel><option>iommu=pt</option><option>mem_encrypt=on</option><message>SEV-SNP: "
        "Memory for the RMP table has not been reserved by BIOS</message></kernel>");
    g_autofree char *text = report(readiness, "text", NULL);
    char *coloured = NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
    const char *const order[] = { "[bios-rmp]", "[iommu]", "[kvm-amd-sev-snp]",
                                  "noted: ",    "[sme]",   "not known (" };
    const char *at = text;

    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        at = strstr(at, order[i]);
        ck_assert_msg(at, "%s: %s", order[i], text);
    }
    for (char **line = lines; *line; line++) {
        ck_assert_msg(g_utf8_strlen(*line, -1) <= 80, "%s", *line);
    }
    ck_assert(strstr(text,
                     "failed (SEV-SNP): the kernel said 'SEV-SNP: Memory for the RMP table has "
                     "not\n  been reserved by BIOS'. The BIOS reserves no, or too little,"));
    ck_assert(strstr(text, "  beware: 'mem_encrypt=on' on the kernel's command line"));
    ck_assert(strstr(text, "in the way: bios-rmp, iommu, kvm-amd-sev-snp\n"));
    ck_assert_int_eq(cvmdom_readiness_report(readiness, "text", NULL, 1, &coloured, NULL), 0);
    ck_assert(strstr(coloured, "\033[1;31mfailed\033[0m (SEV-SNP): the kernel"));
    ck_assert_ptr_null(strchr(text, '\033'));
    free(coloured);
    cvmdom_readiness_free(readiness);
}
END_TEST

START_TEST(test_json)
{
    cvmdom_readiness *readiness = check_bundled("epyc-rome-sev");
    g_autofree char *all_text = report(readiness, "json", NULL);
    g_autofree char *snp_text = report(readiness, "json", "sev-snp");
    json_t *all = json_loads(all_text, 0, NULL), *snp = json_loads(snp_text, 0, NULL);
    json_t *type = json_array_get(json_object_get(snp, "types"), 0);
    json_t *sev = json_array_get(json_object_get(all, "types"), 0);
    struct cvmdom_check check;
    size_t count = 0, concerned = 0;

    for (; cvmdom_readiness_at(readiness, count, &check) == 0; count++) {
        json_t *item = json_array_get(json_object_get(all, "checks"), count);

        ck_assert_str_eq(json_string_value(json_object_get(item, "id")), check.id);
        ck_assert_str_eq(json_string_value(json_object_get(item, "fact")), check.fact);
        concerned += (check.types & CVMDOM_TYPE_SEV_SNP) != 0;
    }
    ck_assert_uint_eq(json_array_size(json_object_get(all, "checks")), count);
    ck_assert_uint_eq(json_array_size(json_object_get(snp, "checks")), concerned);
    ck_assert_uint_eq(json_array_size(json_object_get(snp, "types")), 1);
    ck_assert_str_eq(json_string_value(json_object_get(type, "state")), "failed");
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(type, "inTheWay"), 0)),
                     "cpu-sev-snp");
    ck_assert(json_is_null(json_object_get(type, "capacity")));
    ck_assert_int_eq(json_integer_value(json_object_get(sev, "capacity")), 410);
    ck_assert(json_is_null(json_object_get(sev, "free")));
    ck_assert_int_eq(json_integer_value(json_object_get(all, "version")), 1);
    json_decref(all);
    json_decref(snp);
    cvmdom_readiness_free(readiness);
}
END_TEST

/* A record may come from anywhere: nothing in it drives a terminal, and JSON stays JSON. */
START_TEST(test_hostile_record)
{
    cvmdom_readiness *readiness = check_pieces(
        "a\302\233b&quot;\\", "<kernel><message>SEV-SNP: failed to INIT rc -5, error 0x3 \302\2332J"
                              "</message></kernel><processor family='6'>\302\205\342\200\256"
                              "</processor>");
    g_autofree char *text = report(readiness, "text", NULL);
    g_autofree char *json = report(readiness, "json", NULL);
    json_t *root = json_loads(json, 0, NULL);

    ck_assert_ptr_null(strstr(text, "\302\233"));
    ck_assert_ptr_null(strstr(json, "\302\233"));
    ck_assert_str_eq(json_string_value(json_object_get(root, "host")), "a\302\233b\"\\");
    json_decref(root);
    cvmdom_readiness_free(readiness);
}
END_TEST

START_TEST(test_wrong_use)
{
    cvmdom_readiness *readiness = check_pieces("empty", "");
    struct cvmdom_prospect prospect;
    struct cvmdom_check check;
    cvmdom_error *error = NULL;
    char *text = NULL;

    ck_assert_int_eq(cvmdom_readiness_type(readiness, "none", &prospect, &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_USAGE);
    cvmdom_error_free(error);
    ck_assert_int_eq(cvmdom_readiness_type(readiness, "SNP", &prospect, NULL), -1);
    ck_assert_int_eq(cvmdom_readiness_report(readiness, "yaml", NULL, 0, &text, &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_USAGE);
    cvmdom_error_free(error);
    ck_assert_int_eq(cvmdom_readiness_report(readiness, "text", "tdx", 0, &text, NULL), -1);
    ck_assert_ptr_null(text);
    ck_assert_int_eq(cvmdom_readiness_at(readiness, G_MAXSIZE, &check), -1);
    ck_assert(strstr(cvmdom_readiness_schema(), "\"title\": \"cvmdom readiness\""));
    cvmdom_readiness_free(readiness);
    cvmdom_readiness_free(NULL);
}
END_TEST

/* ---- libvirt's own recording of an EPYC ---- */

/* What libvirt printed of a real EPYC 9654: SEV itself is proven by it, the other two are not. With
 * the kernel's parameters beside it they are. */
START_TEST(test_libvirt_data)
{
    const char *folder = g_getenv("CVMDOM_TEST_LIBVIRT_DATA");
    g_autofree char *path = g_build_filename(folder ? folder : "", "domaincaps",
                                             "qemu_10.0.0-q35.x86_64+amdsev.xml", NULL);
    g_autofree char *capabilities = NULL, *whole = NULL;
    cvmdom_readiness *readiness;
    const char *root;

    if (!folder) {
        return;
    }
    ck_assert(g_file_get_contents(path, &capabilities, NULL, NULL));
    root = strstr(capabilities, "<domainCapabilities");
    whole = g_strconcat("<versions><libvirt>11.3.0</libvirt><qemu>10.0.0</qemu><sevFirmware "
                        "api='1.55'/></versions><module name='kvm_amd'><parameter name='sev_es'>Y"
                        "</parameter><parameter name='sev_snp'>Y</parameter></module>"
                        "<guests sev='1' sev_es='0' sev_snp='3'/>",
                        root, NULL);
    readiness = check_file(path);
    expect(readiness, "sev", CVMDOM_CHECK_PASSED, 59, -1);
    expect(readiness, "sev-es", CVMDOM_CHECK_UNKNOWN, 450, -1);
    expect(readiness, "sev-snp", CVMDOM_CHECK_UNKNOWN, 450, -1);
    cvmdom_readiness_free(readiness);
    readiness = check_pieces("epyc", whole);
    expect(readiness, "sev", CVMDOM_CHECK_PASSED, 59, 58);
    expect(readiness, "sev-es", CVMDOM_CHECK_PASSED, 450, 447);
    expect(readiness, "sev-snp", CVMDOM_CHECK_PASSED, 450, 447);
    cvmdom_readiness_free(readiness);
}
END_TEST

UNIT_MAIN("readiness_report", test_good_host, test_hopeless_host, test_older_host,
          test_unknown_host, test_text, test_json, test_hostile_record, test_wrong_use,
          test_libvirt_data)
