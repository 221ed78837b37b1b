/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions of <cvmdom/fleet.h>, that each input is parsed once, and which profiles are of one
 * kind. That verdicts and numbers are right is for tests/fleet-command.sh. */
#include <dlfcn.h>
#include <glib/gstdio.h>
#include <libxml/parser.h>
#include <string.h>
#include <yaml.h>

#include "cvmdom/fleet.h"
#include "fleet/fleet.h"
#include "unit.h"

/* ---- the parsers, counted: the program's own functions come before the libraries' ---- */

static unsigned yaml_parsed, xml_parsed;

int
yaml_parser_initialize(yaml_parser_t *parser)
{
    static int (*next)(yaml_parser_t *);

    if (!next) {
        *(void **)&next = dlsym(RTLD_NEXT, "yaml_parser_initialize");
    }
    yaml_parsed++;
    return next(parser);
}

#if LIBXML_VERSION >= 21100 /* as in src/read/xml_tree.c */
xmlDocPtr
xmlCtxtReadMemory(xmlParserCtxtPtr context, const char *buffer, int size, const char *url,
                  const char *encoding, int options)
{
    static xmlDocPtr (*next)(xmlParserCtxtPtr, const char *, int, const char *, const char *, int);

    if (!next) {
        *(void **)&next = dlsym(RTLD_NEXT, "xmlCtxtReadMemory");
    }
    xml_parsed++;
    return next(context, buffer, size, url, encoding, options);
}
#else
int
xmlParseDocument(xmlParserCtxtPtr context)
{
    static int (*next)(xmlParserCtxtPtr);

    if (!next) {
        *(void **)&next = dlsym(RTLD_NEXT, "xmlParseDocument");
    }
    xml_parsed++;
    return next(context);
}
#endif

/* ---- files ---- */

static char *folder;

static void
make_folder(void)
{
    folder = g_dir_make_tmp("cvmdom-fleet-XXXXXX", NULL);
}

static void
remove_folder(void)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_remove(path);
    }
    g_rmdir(folder);
    g_clear_pointer(&folder, g_free);
}

/* The caller's to g_free(). */
static char *
write_file(const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);

    ck_assert(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void
add_profile(cvmdom_fleet *fleet, const char *text)
{
    g_autofree char *path = write_file("profile.yaml", text);
    cvmdom_error *error = NULL;

    ck_assert_msg(cvmdom_fleet_add_profiles(fleet, path, NULL, &error) == 0, "%s",
                  error ? cvmdom_error_message(error) : "");
    g_remove(path);
}

/* A bundled host, as NAME where that is not NULL. */
static void
add_host(cvmdom_fleet *fleet, const char *bundled, const char *name)
{
    g_autofree char *relative = g_strdup_printf("profiles/hosts/%s.xml", bundled);
    g_autofree char *path = unit_source_path(relative);
    g_autofree char *text = NULL;
    g_autofree char *copy = NULL;
    cvmdom_error *error = NULL;

    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    if (name) {
        g_autofree char *old = g_strdup_printf("name=\"%s\"", bundled);
        g_autofree char *new = g_strdup_printf("name=\"%s\"", name);
        g_auto(GStrv) parts = g_strsplit(text, old, 2);

        g_free(text);
        text = g_strjoinv(new, parts);
    }
    copy = write_file("host.xml", text);
    ck_assert_msg(cvmdom_fleet_add_host(fleet, copy, &error) == 0, "%s",
                  error ? cvmdom_error_message(error) : "");
    g_remove(copy);
}

#define SNP "launchSecurity: {type: sev-snp}\n"
#define REST "memory: 4GiB\nvcpu: 2\ndevices: {disk: {source: /srv/a.qcow2}}\n"

/* ---- tests ---- */

START_TEST(test_each_input_is_parsed_once)
{
    cvmdom_fleet *fleet = cvmdom_fleet_new();
    g_autofree char *text = NULL;
    struct cvmdom_fleet_pair pair;

    yaml_parsed = xml_parsed = 0;
    for (unsigned i = 0; i < 20; i++) {
        g_autofree char *profile = g_strdup_printf("name: guest-%u\n%s" REST, i, i % 2 ? SNP : "");

        add_profile(fleet, profile);
    }
    for (unsigned i = 0; i < 10; i++) {
        g_autofree char *name = g_strdup_printf("host-%u", i);

        add_host(fleet, i % 2 ? "epyc-genoa-snp" : "epyc-rome-sev", name);
    }
    cvmdom_fleet_judge(fleet);
    ck_assert_int_eq(cvmdom_fleet_report(fleet, "json", 0, &text, NULL), 0);
    ck_assert_uint_eq(yaml_parsed, 20);
    ck_assert_uint_eq(xml_parsed, 10);
    ck_assert_int_eq(cvmdom_fleet_pair_at(fleet, 1, 1, &pair), 0);
    ck_assert_int_eq(pair.state, CVMDOM_FLEET_RUNS);
    cvmdom_fleet_free(fleet);
}
END_TEST

START_TEST(test_files_that_a_profile_names_are_read_once)
{
    cvmdom_fleet *fleet = cvmdom_fleet_new();
    g_autofree char *session = write_file("session.b64", "AAAA");
    struct cvmdom_fleet_pair pair;

    add_profile(fleet, "name: a\nlaunchSecurity: {type: sev, session: {file: session.b64}}\n" REST);
    g_remove(session);
    add_host(fleet, "epyc-rome-sev", NULL);
    cvmdom_fleet_judge(fleet);
    ck_assert_int_eq(cvmdom_fleet_pair_at(fleet, 0, 0, &pair), 0);
    /* It is too short, not missing. */
    ck_assert_int_eq(pair.state, CVMDOM_FLEET_CANNOT);
    for (unsigned i = 0; i < ((struct cvm_fleet *)fleet)->reasons[0].count; i++) {
        ck_assert_str_ne(((struct cvm_fleet *)fleet)->reasons[0].items[i].rule, "CVM104");
    }
    cvmdom_fleet_free(fleet);
}
END_TEST

/* Profiles by their text, and whether the second is of the first's kind. */
START_TEST(test_kinds_of_profiles)
{
    static const struct {
        const char *first, *second;
        gboolean same;
    } cases[] = {
        { "name: a\n" REST, "name: b\nuuid: 5d1f7e0c-7d4b-4f0e-9c0b-2a6f6c000001\n" REST, FALSE },
        { "name: a\ntitle: A\n" REST, "name: b\ntitle: Another\n" REST, TRUE },
        { "name: a\nmemory: 4GiB\nvcpu: 2\n", "name: b\nmemory: 6GiB\nvcpu: 2\n", TRUE },
        { "name: a\nmemory: 4GiB\nvcpu: 2\n", "name: b\nmemory: 4GiB\nvcpu: 4\n", FALSE },
        { "name: a\nmemory: 4GiB\nvcpu: 2\n", "name: \"42\"\nmemory: 4GiB\nvcpu: 2\n", FALSE },
        { "name: a\nmemory: {size: 4GiB, hugepages: 1GiB}\nvcpu: 2\n",
          "name: b\nmemory: {size: 5GiB, hugepages: 1GiB}\nvcpu: 2\n", TRUE },
        { "name: a\nmemory: {size: 4GiB, hugepages: 1GiB}\nvcpu: 2\n",
          "name: b\nmemory: {size: 4097MiB, hugepages: 1GiB}\nvcpu: 2\n", FALSE },
        { "name: a\nmemory: {size: 4GiB, max: 8GiB}\nvcpu: 2\n",
          "name: b\nmemory: {size: 5GiB, max: 8GiB}\nvcpu: 2\n", FALSE },
        { "name: a\nmemory: 4GiB\nvcpu: 2\ndevices: {disk: {source: /srv/a.qcow2}}\n",
          "name: b\nmemory: 4GiB\nvcpu: 2\ndevices: {disk: {source: /srv/b.qcow2}}\n", TRUE },
        { "name: a\nmemory: 4GiB\nvcpu: 2\ndevices: {disk: [{source: /srv/a.qcow2}]}\n",
          "name: b\nmemory: 4GiB\nvcpu: 2\ndevices: {disk: [{source: /srv/b.img}]}\n", FALSE },
        { "name: a\nmemory: 4GiB\nvcpu: 2\ndevices: {disk: {source: /srv/a}}\n",
          "name: b\nmemory: 4GiB\nvcpu: 2\ndevices: {disk: {source: /dev/vg/a}}\n", FALSE },
        { "name: a\nmemory: 4GiB\nvcpu: 2\ndevices: {interface: {mac: \"52:54:00:00:00:01\"}}\n",
          "name: b\nmemory: 4GiB\nvcpu: 2\ndevices: {interface: {mac: \"52:54:00:00:00:02\"}}\n",
          TRUE },
        /* What a comment says holds for its profile alone. */
        { "name: a\nmemory: 4GiB # cvmdom: ignore=CVM512 -- it is plugged in\nvcpu: 2\n",
          "name: b\nmemory: 4GiB # cvmdom: ignore=CVM512 -- it is plugged in\nvcpu: 2\n", FALSE },
        { "name: a\nmemory: 4GiB\nvcpu: 2\nnumatune: {nodeset: \"0\"}\n",
          "name: b\nmemory: 4GiB\nvcpu: 2\nnumatune: {nodeset: \"1\"}\n", FALSE },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        cvmdom_fleet *fleet = cvmdom_fleet_new();
        const struct cvm_fleet *inside = (const struct cvm_fleet *)fleet;

        add_profile(fleet, cases[i].first);
        add_profile(fleet, cases[i].second);
        cvmdom_fleet_judge(fleet);
        ck_assert_msg((inside->profiles[0].kind == inside->profiles[1].kind) == cases[i].same,
                      "case %zu", i);
        cvmdom_fleet_free(fleet);
    }
}
END_TEST

static void
expect_error(int result, cvmdom_error *error, int code, const char *words)
{
    ck_assert_int_eq(result, -1);
    ck_assert_int_eq(cvmdom_error_code(error), code);
    ck_assert_msg(strstr(cvmdom_error_message(error), words) != NULL, "%s",
                  cvmdom_error_message(error));
    cvmdom_error_free(error);
}

START_TEST(test_mistakes)
{
    cvmdom_fleet *fleet = cvmdom_fleet_new();
    g_autofree char *one = write_file("one.yaml", "name: a\n" REST);
    g_autofree char *two = write_file("two.yaml", "name: b\n" REST "---\nname: b\n" REST);
    g_autofree char *nameless = write_file("nameless.yaml", REST);
    g_autofree char *domain =
        write_file("domain.xml", "<domain type='kvm'><name>x</name></domain>");
    cvmdom_error *error = NULL;
    char *text = NULL;
    int result, is_host = 1;

    ck_assert_int_eq(cvmdom_fleet_add_profiles(fleet, one, NULL, NULL), 0);
    result = cvmdom_fleet_add_profiles(fleet, one, NULL, &error);
    expect_error(result, error, CVMDOM_ERROR_USAGE, "two profiles are called 'a'");
    result = cvmdom_fleet_add_profiles(fleet, two, NULL, &error);
    expect_error(result, error, CVMDOM_ERROR_USAGE, "two profiles are called 'b'");
    result = cvmdom_fleet_add_profiles(fleet, nameless, NULL, &error);
    expect_error(result, error, CVMDOM_ERROR_UNSUPPORTED, "has no name");
    result = cvmdom_fleet_add_profiles(fleet, domain, NULL, &error);
    expect_error(result, error, CVMDOM_ERROR_UNSUPPORTED, "is domain XML");
    result = cvmdom_fleet_add_profiles(fleet, "/no/such/file", NULL, &error);
    expect_error(result, error, CVMDOM_ERROR_IO, "/no/such/file");
    result = cvmdom_fleet_want(fleet, "b", 1, &error);
    expect_error(result, error, CVMDOM_ERROR_USAGE, "no profile is called 'b'");
    result = cvmdom_fleet_set_vcpus_per_cpu(fleet, 0, &error);
    expect_error(result, error, CVMDOM_ERROR_USAGE, "above 0");
    add_host(fleet, "epyc-rome-sev", NULL);
    result = cvmdom_fleet_add_profiles(fleet, nameless, NULL, &error);
    expect_error(result, error, CVMDOM_ERROR_USAGE, "before its hosts");
    result = cvmdom_fleet_set_vcpus_per_cpu(fleet, 2, &error);
    expect_error(result, error, CVMDOM_ERROR_USAGE, "before there are hosts");
    result = cvmdom_fleet_add_host(fleet, domain, &error);
    expect_error(result, error, CVMDOM_ERROR_UNSUPPORTED, "'domain' is none of them");
    ck_assert_int_eq(cvmdom_fleet_add_host_found(fleet, domain, &is_host, NULL), 0);
    ck_assert_int_eq(is_host, 0);
    result = cvmdom_fleet_report(fleet, "sarif", 0, &text, &error);
    expect_error(result, error, CVMDOM_ERROR_USAGE, "no report format 'sarif'");
    cvmdom_fleet_free(fleet);
}
END_TEST

START_TEST(test_two_hosts_of_one_name)
{
    cvmdom_fleet *fleet = cvmdom_fleet_new();
    g_autofree char *path = unit_source_path("profiles/hosts/xeon-nosev.xml");
    cvmdom_error *error = NULL;
    int result;

    add_profile(fleet, "name: a\n" REST);
    add_host(fleet, "xeon-nosev", NULL);
    result = cvmdom_fleet_add_host(fleet, path, &error);
    expect_error(result, error, CVMDOM_ERROR_USAGE, "two hosts are called 'xeon-nosev'");
    cvmdom_fleet_judge(fleet);
    ck_assert_str_eq(cvmdom_fleet_host_name(fleet, 0), "xeon-nosev");
    ck_assert_ptr_null(cvmdom_fleet_host_name(fleet, 1));
    cvmdom_fleet_free(fleet);
}
END_TEST

START_TEST(test_what_comes_of_it)
{
    cvmdom_fleet *fleet = cvmdom_fleet_new();
    struct cvmdom_fleet_profile profile;
    struct cvmdom_fleet_pair pair;
    struct cvmdom_fleet_share share;

    add_profile(fleet, "name: plain\n" REST "---\nname: snp\n" SNP REST);
    ck_assert_int_eq(cvmdom_fleet_want(fleet, NULL, 3, NULL), 0);
    ck_assert_int_eq(cvmdom_fleet_want(fleet, "snp", 5, NULL), 0);
    ck_assert_int_eq(cvmdom_fleet_set_vcpus_per_cpu(fleet, 0.5, NULL), 0);
    add_host(fleet, "epyc-genoa-snp", NULL);
    add_host(fleet, "xeon-nosev", NULL);
    cvmdom_fleet_judge(fleet);
    ck_assert_int_eq(cvmdom_fleet_profile_at(fleet, 1, &profile), 0);
    ck_assert_str_eq(profile.name, "snp");
    ck_assert_uint_eq(profile.hosts, 1);
    ck_assert_uint_eq(profile.wanted, 5);
    ck_assert_uint_eq(profile.placed, 0);
    ck_assert_int_eq(cvmdom_fleet_profile_at(fleet, 2, &profile), -1);
    ck_assert_int_eq(cvmdom_fleet_pair_at(fleet, 1, 1, &pair), 0);
    ck_assert_int_eq(pair.state, CVMDOM_FLEET_CANNOT);
    ck_assert_uint_eq(pair.guests, 0);
    ck_assert_ptr_null(pair.limit);
    /* 128 CPUs at 0.5 for guests of 2. */
    ck_assert_int_eq(cvmdom_fleet_pair_at(fleet, 0, 0, &pair), 0);
    ck_assert_int_eq(pair.state, CVMDOM_FLEET_RUNS);
    ck_assert_uint_eq(pair.guests, 32);
    ck_assert_str_eq(pair.limit, "vcpus");
    ck_assert(!pair.unlimited && !pair.assumed);
    ck_assert_int_eq(cvmdom_fleet_pair_at(fleet, 2, 0, &pair), -1);
    ck_assert_int_eq(cvmdom_fleet_pair_at(fleet, 0, 2, &pair), -1);
    ck_assert_int_eq(cvmdom_fleet_share_at(fleet, 0, &share), -1);
    ck_assert_int_eq(cvmdom_fleet_place(fleet, NULL, 0, &(struct cvmdom_place_result){ 0 }, NULL),
                     0);
    /* Guests that need no ASID are kept off the host that has some. */
    ck_assert_int_eq(cvmdom_fleet_share_at(fleet, 1, &share), 0);
    ck_assert(share.profile == 0 && share.host == 1 && share.guests == 3);
    cvmdom_fleet_free(fleet);
}
END_TEST

UNIT_MAIN_WITH(make_folder, remove_folder, "fleet", test_each_input_is_parsed_once,
               test_files_that_a_profile_names_are_read_once, test_kinds_of_profiles, test_mistakes,
               test_two_hosts_of_one_name, test_what_comes_of_it)
