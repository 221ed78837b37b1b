/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inputs that were damaged at random go all the way through a reader and the rules: nothing may
 * crash, and no error may lack its place.
 *   fuzz documents|host ROUNDS SEED FILE…
 * Each file is read as it is, and ROUNDS times changed. The same seed changes them alike. With
 * clang -fsanitize=fuzzer -DCVM_LIBFUZZER this is a libFuzzer target for documents instead. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read/read.h"
#include "resolve/resolve.h"
#include "rules/rule.h"
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
        cvm_rules_run(domain, NULL, findings);
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
    gboolean host = argc > 1 && g_str_equal(argv[1], "host");
    void (*attempt)(const char *, size_t) = host ? try_host : try_documents;
    g_autoptr(GPtrArray) files = NULL;
    GRand *random;
    int rounds;

    if (argc < 5) {
        fprintf(stderr, "usage: fuzz documents|host ROUNDS SEED FILE...\n");
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
