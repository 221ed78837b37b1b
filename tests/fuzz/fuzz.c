/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inputs that were damaged at random go all the way through a reader and the rules: nothing may
 * crash, and no error may lack its place.
 *   fuzz documents|host|harden ROUNDS SEED FILE…
 * Each file is read as it is, and ROUNDS times changed. The same seed changes them alike. With
 * clang -fsanitize=fuzzer -DCVM_LIBFUZZER this is a libFuzzer target for documents instead. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harden/harden.h"
#include "read/read.h"
#include "resolve/resolve.h"
#include "rules/control.h"
#include "util/error.h"
#include "util/file.h"

static void
check_error(const GError *error)
{
    /* Only what is too large, or empty, has no line. */
    g_assert(error->message[0] != '\0');
    g_assert(cvm_error_place(error)->line > 0 || error->code != CVM_ERROR_SYNTAX ||
             strstr(error->message, "larger"));
}

static void
try_documents(const char *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) domains = cvm_documents_parse("x", data, size, NULL, &error);
    CVM_AUTO(findings) *findings = cvm_findings_new();

    if (!domains) {
        check_error(error);
        return;
    }
    for (guint i = 0; i < domains->len; i++) {
        struct cvm_domain *domain = g_ptr_array_index(domains, i);

        if (domain->form == CVM_FORM_PROFILE) {
            cvm_resolve(domain, NULL);
        }
        cvm_check_run(domain, NULL, NULL, findings);
    }
    cvm_findings_sort(findings);
    (void)cvm_profile_is_likely(data, size);
}

static void
try_host(const char *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    CVM_AUTO(host) *host = cvm_host_parse("x", data, size, &error);

    if (!host) {
        check_error(error);
    }
}

/* What a policy forbids: the bits of SEV's that restrict, and not to debug or migrate of SNP's. */
static uint64_t
find_restrictions(const struct cvm_domain *domain)
{
    uint64_t policy = domain->launch.policy.value;

    if (domain->launch.policy.from.origin != CVM_GIVEN) {
        return 0;
    }
    return cvm_domain_guest(domain) == CVM_GUEST_SEV_SNP ? ~policy & (UINT64_C(3) << 18)
                                                         : policy & 0x3f;
}

/* Nothing that protects the guest is lost. */
static void
compare(const struct cvm_domain *before, const struct cvm_domain *after)
{
    enum cvm_guest guest = cvm_domain_guest(before);

    if (guest & (CVM_GUEST_SEV | CVM_GUEST_SEV_ES | CVM_GUEST_SEV_SNP)) {
        g_assert(cvm_domain_guest(after) != CVM_GUEST_NONE);
    }
    if (guest == cvm_domain_guest(after)) {
        g_assert((find_restrictions(before) & ~find_restrictions(after)) == 0);
    }
}

/* What was hardened is XML, keeps what it had, and is left alone the next time. */
static void
try_harden(const char *data, size_t size)
{
    static const enum cvm_guest types[] = { 0, CVM_GUEST_SEV, CVM_GUEST_SEV_ES, CVM_GUEST_SEV_SNP };
    enum cvm_guest type = types[size % G_N_ELEMENTS(types)];
    g_autoptr(GPtrArray) before = cvm_domain_xml_parse_all("x", data, size, NULL);
    CVM_AUTO(hardening) *once = before ? cvm_harden("x", data, size, type, NULL, NULL, NULL) : NULL;
    g_autoptr(GPtrArray) after = NULL;
    CVM_AUTO(hardening) *twice = NULL;
    g_autofree char *diff = NULL;

    if (!once) {
        return;
    }
    after = cvm_domain_xml_parse_all("x", once->data, once->size, NULL);
    g_assert(after && after->len == before->len);
    for (guint i = 0; i < before->len; i++) {
        compare(g_ptr_array_index(before, i), g_ptr_array_index(after, i));
    }
    twice = cvm_harden("x", once->data, once->size, type, NULL, NULL, NULL);
    g_assert(twice && twice->size == once->size);
    g_assert(memcmp(twice->data, once->data, once->size) == 0);
    diff = cvm_hardening_diff(once, &size);
}

static const struct {
    const char *name;
    void (*attempt)(const char *data, size_t size);
} modes[] = {
    { "documents", try_documents },
    { "host", try_host },
    { "harden", try_harden },
};

#ifdef CVM_LIBFUZZER
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);

    memcpy(text, data, size); /* beyond a NUL as well */
    try_documents(text, size);
    return 0;
}
#else

/* What readers look at. */
static const char *const pieces[] = {
    "<",
    ">",
    "/>",
    "</",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "&lt;",
    "&#0;",
    "&#x10ffff;",
    "&x;",
    "<!DOCTYPE domain [",
    "='",
    "\"",
    "'",
    "xmlns:qemu='x'",
    "<domain>",
    "</domain>",
    "<launchSecurity type='sev-snp'>",
    "<policy>0x",
    "unit='EiB'",
    "18446744073709551616",
    "-1",
    "0-16383",
    "^0",
    ",",
    "[",
    "]",
    "{",
    "}",
    "*a",
    "&a ",
    "<<: ",
    "- ",
    "? ",
    "|\n",
    "---\n",
    "...\n",
    "#",
    "# cvmdom: ignore=CVM207 -- x",
    "!x ",
    "%",
    "\t",
    "\n",
    "\r",
    ": ",
    "auto",
    "extends: x\n",
    "{file: /dev/null}",
    "\\x00",
    "\xef\xbb\xbf",
    "\xff\xfe",
    "\xc3",
    "\xed\xa0\x80",
    "encoding='UTF-16'",
};

static void
change(GRand *random, GString *text, const GString *other)
{
    gsize at = text->len ? (gsize)g_rand_int_range(random, 0, (gint32)text->len) : 0;
    gsize rest = text->len - at;
    gsize length = (gsize)g_rand_int_range(random, 1, 40);

    length = MIN(rest, length);
    switch (g_rand_int_range(random, 0, 6)) {
    case 0:
        g_string_erase(text, (gssize)at, (gssize)length);
        break;
    case 1:
        g_string_insert(text, (gssize)at, pieces[g_rand_int(random) % G_N_ELEMENTS(pieces)]);
        break;
    case 2:
        if (rest) {
            text->str[at] = (char)g_rand_int(random);
        }
        break;
    case 3: { /* once more, elsewhere */
        g_autofree char *copy = g_strndup(text->str + at, length);

        g_string_insert(text, g_rand_int_range(random, 0, (gint32)text->len + 1), copy);
        break;
    }
    case 4: /* from another file */
        if (other->len > 40) {
            g_string_insert_len(text, (gssize)at,
                                other->str + g_rand_int_range(random, 0, (gint32)other->len - 40),
                                40);
        }
        break;
    default:
        g_string_truncate(text, at);
        break;
    }
}

static GPtrArray *
read_files(char **paths)
{
    GPtrArray *files = g_ptr_array_new();

    for (; *paths; paths++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *data = NULL;
        size_t size;

        if (cvm_file_read(*paths, CVM_LIMIT_XML, &data, &size, &error) < 0) {
            fprintf(stderr, "%s\n", error->message);
            exit(EXIT_FAILURE);
        }
        g_ptr_array_add(files, g_string_new_len(data, (gssize)size));
    }
    return files;
}

int
main(int argc, char **argv)
{
    void (*attempt)(const char *, size_t) = NULL;
    g_autoptr(GPtrArray) files = NULL;
    GRand *random;
    int rounds;

    for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(modes); i++) {
        attempt = g_str_equal(argv[1], modes[i].name) ? modes[i].attempt : attempt;
    }
    if (argc < 5 || !attempt) {
        fprintf(stderr, "usage: fuzz documents|host|harden ROUNDS SEED FILE...\n");
        return EXIT_FAILURE;
    }
    rounds = atoi(argv[2]);
    random = g_rand_new_with_seed((guint32)atoi(argv[3]));
    files = read_files(argv + 4);
    for (guint i = 0; i < files->len; i++) {
        const GString *file = g_ptr_array_index(files, i);

        attempt(file->str, file->len);
        for (int round = 0; round < rounds; round++) {
            g_autoptr(GString) text = g_string_new_len(file->str, (gssize)file->len);

            for (int n = g_rand_int_range(random, 1, 9); n > 0; n--) {
                change(random, text, g_ptr_array_index(files, g_rand_int(random) % files->len));
            }
            attempt(text->str, text->len);
        }
    }
    printf("%s: %u files, each in %d variants, seed %s\n", argv[1], files->len, rounds, argv[3]);
    for (guint i = 0; i < files->len; i++) {
        g_string_free(g_ptr_array_index(files, i), TRUE);
    }
    g_rand_free(random);
    return EXIT_SUCCESS;
}
#endif
