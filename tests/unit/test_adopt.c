/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain that is defined anew keeps of the one that libvirt has. */
#include <stdlib.h>
#include <string.h>

#include "cvmdom/cvmdom.h"
#include "unit.h"

#define UUID "5b1d7a0e-6a8f-4f0e-9d0b-0c8b7c1f2a3d"
#define KNOWN(os, devices)                                                                         \
    "<domain type='kvm'><name>db</name><uuid>" UUID "</uuid><os><type>hvm</type>" os               \
    "</os><devices>" devices "</devices></domain>"
#define STORE "<nvram template='/VARS.fd'>/srv/db_VARS.fd</nvram>"
#define INTERFACE(type, source, mac)                                                               \
    "<interface type='" type "'><mac address='" mac "'/>"                                          \
    "<source " type "='" source "'/></interface>"
#define PROFILE(rest)                                                                              \
    "name: db\nlaunchSecurity: {type: sev}\nmemory: 1GiB\nvcpu: 1\n"                               \
    "os: {firmware: {loader: /CODE.fd, type: pflash}}\n" rest

/* The profile, rendered after it adopted the known domain; NULL when it could not. The caller's to
 * free(). */
static char *
adopt(const char *profile, const char *known, cvmdom_error **error)
{
    cvmdom_domains *domains = cvmdom_domains_parse("db.yaml", profile, strlen(profile), NULL, NULL);
    cvmdom_domain *domain = cvmdom_domains_get(domains, 0);
    char *text = NULL;

    cvmdom_domain_resolve(domain, NULL);
    if (cvmdom_domain_adopt(domain, "libvirt: db", known, strlen(known), error) == 0) {
        ck_assert_int_eq(cvmdom_domain_render(domain, NULL, "libvirt", &text, NULL), 0);
    }
    cvmdom_domains_free(domains);
    return text;
}

static void
check_has(const char *profile, const char *known, const char *expected)
{
    char *text = adopt(profile, known, NULL);

    ck_assert_ptr_nonnull(text);
    ck_assert_msg(strstr(text, expected) != NULL, "no %s in %s", expected, text);
    free(text);
}

static void
check_lacks(const char *profile, const char *known, const char *unexpected)
{
    char *text = adopt(profile, known, NULL);

    ck_assert_ptr_nonnull(text);
    ck_assert_msg(strstr(text, unexpected) == NULL, "%s in %s", unexpected, text);
    free(text);
}

START_TEST(test_uuid)
{
    check_has(PROFILE(""), KNOWN("", ""), "<uuid>" UUID "</uuid>");
    check_lacks(PROFILE("uuid: 11111111-2222-4333-8444-555555555555\n"), KNOWN("", ""), UUID);
}
END_TEST

START_TEST(test_variable_store)
{
    check_has(PROFILE(""), KNOWN(STORE, ""), ">/srv/db_VARS.fd</nvram>");
    check_has(PROFILE(""), KNOWN("<nvram type='file'><source file='/srv/db_VARS.fd'/></nvram>", ""),
              ">/srv/db_VARS.fd</nvram>");
    check_lacks(PROFILE(""), KNOWN("", ""), "<nvram");
}
END_TEST

START_TEST(test_variable_store_of_its_own)
{
    static const char own[] = "name: db\nlaunchSecurity: {type: sev}\nmemory: 1GiB\nvcpu: 1\n"
                              "os: {firmware: {loader: /CODE.fd, nvram: /own.fd}}\n";

    check_has(own, KNOWN(STORE, ""), "/own.fd");
    check_lacks(own, KNOWN(STORE, ""), "/srv/db_VARS.fd");
}
END_TEST

/* Firmware that keeps no variables gets no store, whatever the domain had before. */
START_TEST(test_no_variable_store)
{
    check_lacks("name: db\nlaunchSecurity: {type: sev-es}\nmemory: 1GiB\nvcpu: 1\n"
                "os: {firmware: {loader: /OVMF.fd, stateless: true}}\n",
                KNOWN(STORE, ""), "<nvram");
    check_lacks("name: db\nlaunchSecurity: {type: sev-snp}\nmemory: 1GiB\nvcpu: 1\n"
                "os: {firmware: {loader: /OVMF.fd, type: rom}}\n",
                KNOWN(STORE, ""), "<nvram");
    check_lacks("name: db\nlaunchSecurity: {type: none}\nmemory: 1GiB\nvcpu: 1\n", KNOWN(STORE, ""),
                "<nvram");
}
END_TEST

/* A profile can only say a file, and would take that for one. */
START_TEST(test_variable_store_that_is_no_file)
{
    cvmdom_error *error = NULL;

    ck_assert_ptr_null(adopt(
        PROFILE(""), KNOWN("<nvram type='block'><source dev='/dev/vg/db'/></nvram>", ""), &error));
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(cvmdom_error_message(error), "'block'"));
    cvmdom_error_free(error);
}
END_TEST

#define FIRST "52:54:00:00:00:01"
#define SECOND "52:54:00:00:00:02"
#define TWO INTERFACE("network", "lan", FIRST) INTERFACE("bridge", "br0", SECOND)

/* The address in the rendered interface that leads to a network or bridge. */
static void
check_mac(const char *interfaces, const char *source, const char *mac)
{
    g_autofree char *profile = g_strdup_printf(PROFILE("devices: {interface: [%s]}\n"), interfaces);
    g_autofree char *expected =
        mac ? g_strdup_printf("<mac address='%s'/>\n      <source %s/>", mac, source)
            : g_strdup_printf("'>\n      <source %s/>", source);

    check_has(profile, KNOWN("", TWO), expected);
}

START_TEST(test_macs)
{
    check_mac("{type: network, source: lan}", "network='lan'", FIRST);
    /* another order than before */
    check_mac("{type: bridge, source: br0}, {type: network, source: lan}", "bridge='br0'", SECOND);
    check_mac("{type: bridge, source: br0}, {type: network, source: lan}", "network='lan'", FIRST);
    /* moved to another network: the address that is left */
    check_mac("{type: bridge, source: br0}, {type: network, source: dmz}", "network='dmz'", FIRST);
    /* more than before: libvirt makes one up */
    check_mac("{type: network, source: lan}, {type: bridge, source: br0}, {type: bridge, source: "
              "br1}",
              "bridge='br1'", NULL);
}
END_TEST

START_TEST(test_mac_that_the_profile_gives)
{
    check_mac("{type: network, source: lan, mac: '" SECOND "'}", "network='lan'", SECOND);
    /* no address twice */
    check_mac("{type: network, source: lan, mac: '" SECOND "'}, {type: bridge, source: br0}",
              "bridge='br0'", FIRST);
}
END_TEST

START_TEST(test_no_xml)
{
    cvmdom_error *error = NULL;

    ck_assert_ptr_null(adopt(PROFILE(""), "<domain", &error));
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_SYNTAX);
    cvmdom_error_free(error);
    ck_assert_ptr_null(adopt(PROFILE(""), "<network/>", NULL));
}
END_TEST

START_TEST(test_is_profile)
{
    static const char xml[] = KNOWN("", "");
    cvmdom_domains *domains = cvmdom_domains_parse("db.xml", xml, sizeof(xml) - 1, NULL, NULL);

    ck_assert_int_eq(cvmdom_domain_is_profile(cvmdom_domains_get(domains, 0)), 0);
    cvmdom_domains_free(domains);
    domains = cvmdom_domains_parse("db.yaml", "name: db\n", 9, NULL, NULL);
    ck_assert_int_ne(cvmdom_domain_is_profile(cvmdom_domains_get(domains, 0)), 0);
    cvmdom_domains_free(domains);
}
END_TEST

UNIT_MAIN("adopt", test_uuid, test_variable_store, test_variable_store_of_its_own,
          test_no_variable_store, test_variable_store_that_is_no_file, test_macs,
          test_mac_that_the_profile_gives, test_no_xml, test_is_profile)
