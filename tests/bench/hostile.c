/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What inputs of up to 1 MB that were made to hurt cost, in process: each is parsed, resolved and
 * checked by all rules. Prints a line each: what it is, its size in bytes, the processor time in
 * ms, and what came of it, tab-separated. They are those on which the libraries below take time
 * that grows with the square of the size. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cvmdom/cvmdom.h"
#include "times.h"

enum { LIMIT = 1000 * 1000 }; /* bytes */

/* head, part as often as it fits below size, tail; a part with %u gets the number of the
 * repetition, and without a part it is a wide element. */
static const struct input {
    const char *name;
    size_t size;
    const char *head, *part, *tail;
} inputs[] = {
    { "YAML: `[`", 200000, "launchSecurity: ", "[", "" },
    { "YAML: `[`", LIMIT, "launchSecurity: ", "[", "" },
    { "YAML: `{a: `", LIMIT, "launchSecurity: ", "{a: ", "" },
    { "YAML: `- `", LIMIT, "", "- ", "x\n" },
    { "YAML: anchors", 229000, "name: [", "&a%u x, ", "]\n" },
    { "YAML: anchors", LIMIT, "name: [", "&a%u x, ", "]\n" },
    { "YAML: aliases of one anchor", LIMIT, "a: &a x\nname: [", "*a, ", "]\n" },
    { "YAML: unknown keys", LIMIT, "name: x\n", "k%u: 1\n", "" },
    { "YAML: documents", LIMIT, "", "---\nname: x\n", "" },
    { "YAML: one text", LIMIT, "name: ", "x", "\n" },
    { "XML: attributes of one element", 99000, "<domain><a", " a%u=''", "/></domain>" },
    { "XML: attributes of one element", LIMIT, "<domain><a", " a%u=''", "/></domain>" },
    { "XML: 250 attributes an element", LIMIT, "<domain>", NULL, "</domain>" },
    { "XML: elements, nested", LIMIT, "", "<domain>", "" },
    { "XML: elements of different names", LIMIT, "<domain>", "<n%u/>", "</domain>" },
    { "XML: namespaces", LIMIT, "<domain>", "<a xmlns='u%u'/>", "</domain>" },
    { "XML: entities of entities", LIMIT, "<!DOCTYPE domain [<!ENTITY a 'ha'>",
      "<!ENTITY a%u '&a;&a;&a;&a;'>", "]><domain>&a;</domain>" },
    { "XML: character references", LIMIT, "<domain><title>", "&#65;", "</title></domain>" },
    { "XML: comments", LIMIT, "<domain>", "<!---->", "</domain>" },
    { "XML: `<launchSecurity>`", LIMIT, "<domain>", "<launchSecurity type='sev'/>", "</domain>" },
    { "XML: controllers", 280000, "<domain><devices>",
      "<controller type='scsi' index='%u' model='virtio-scsi'/>", "</devices></domain>" },
    { "XML: disks", LIMIT, "<domain><devices>", "<disk><target dev='vda'/></disk>",
      "</devices></domain>" },
};

/* Writes part, with number in the place of its %u. */
static void
put(FILE *text, const char *part, unsigned number)
{
    const char *hole = strstr(part, "%u");

    if (hole) {
        fprintf(text, "%.*s%u%s", (int)(hole - part), part, number, hole + 2);
    } else {
        fputs(part, text);
    }
}

/* "<a b0='' … b249=''/>" */
static void
put_wide_element(FILE *text)
{
    fputs("<a", text);
    for (unsigned i = 0; i < 250; i++) {
        put(text, " b%u=''", i);
    }
    fputs("/>", text);
}

/* The caller's to free(). */
static char *
make(const struct input *input, size_t *size)
{
    char *data = NULL;
    FILE *text = open_memstream(&data, size);
    long room = (long)(input->size - strlen(input->tail)) - 8; /* of a number */
    long widest = input->part ? (long)strlen(input->part) : 2048;

    if (!text) {
        perror("hostile");
        exit(EXIT_FAILURE);
    }
    fputs(input->head, text);
    for (unsigned i = 0; ftell(text) + widest < room; i++) {
        if (input->part) {
            put(text, input->part, i);
        } else {
            put_wide_element(text);
        }
    }
    fputs(input->tail, text);
    if (fclose(text) != 0) {
        perror("hostile");
        exit(EXIT_FAILURE);
    }
    return data;
}

/* The number of findings; -1 with error set. */
static long
judge(const char *text, size_t size, cvmdom_error **error)
{
    cvmdom_domains *domains = cvmdom_domains_parse("input", text, size, NULL, error);
    cvmdom_findings *findings = cvmdom_findings_new();
    long count = -1;

    if (domains) {
        for (size_t i = 0; i < cvmdom_domains_count(domains); i++) {
            cvmdom_domain *domain = cvmdom_domains_get(domains, i);

            cvmdom_domain_resolve(domain, NULL);
            cvmdom_domain_check(domain, NULL, findings);
        }
        count = (long)cvmdom_findings_count(findings);
    }
    cvmdom_findings_free(findings);
    cvmdom_domains_free(domains);
    return count;
}

int
main(void)
{
    for (size_t i = 0; i < sizeof(inputs) / sizeof(*inputs); i++) {
        cvmdom_error *error = NULL;
        size_t size;
        char *text = make(&inputs[i], &size);
        double from = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
        long count = judge(text, size, &error);

        printf("%s\t%zu\t%.1f\t", inputs[i].name, size, clock_ms(CLOCK_PROCESS_CPUTIME_ID) - from);
        if (count < 0) {
            printf("%s\n", cvmdom_error_message(error));
        } else {
            printf("%ld findings\n", count);
        }
        cvmdom_error_free(error);
        free(text);
    }
    return EXIT_SUCCESS;
}
