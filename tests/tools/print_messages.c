/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints docs/messages.md: all that the library knows of return codes and messages. */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "cvmdom/cvmdom.h"

static const struct {
    int speaker;
    const char *heading;
} sections[] = {
    { CVMDOM_SAYS_QEMU, "QEMU" },
    { CVMDOM_SAYS_LIBVIRT, "libvirt" },
    { CVMDOM_SAYS_HOST_KERNEL, "The host's kernel" },
    { CVMDOM_SAYS_GUEST, "The guest, on its console" },
};

/* Text of a cell, in which XML is no HTML. */
static void
print_cell(const char *text)
{
    g_autoptr(GString) cell = g_string_new(text);

    g_string_replace(cell, "&", "&amp;", 0);
    g_string_replace(cell, "<", "&lt;", 0);
    g_string_replace(cell, "*", "\\*", 0);
    g_string_replace(cell, "|", "\\|", 0);
    printf(" %s |", cell->str);
}

static void
print_rules(const char *rules)
{
    g_auto(GStrv) ids = g_strsplit(rules ? rules : "", " ", 0);

    for (char **id = ids; *id; id++) {
        printf(" [%s](rules/%s.md)", *id, *id);
    }
    printf(" |\n");
}

static void
print_message(const struct cvmdom_message *message)
{
    printf("| %s |", message->id);
    for (size_t i = 0; message->patterns[i]; i++) {
        printf("%s ``%s``", i ? "<br>" : "", message->patterns[i]);
    }
    if (message->versions) {
        printf("<br>(%s)", message->versions);
    }
    printf(" |");
    print_cell(message->cause);
    print_cell(message->remedy);
    print_rules(message->rules);
}

static void
print_messages(int speaker, gboolean follow)
{
    struct cvmdom_message message;

    printf("| name | says | cause | what to change | rules |\n|---|---|---|---|---|\n");
    for (size_t i = 0; cvmdom_message_at(i, &message) == 0; i++) {
        gboolean follows = message.rank == CVMDOM_MESSAGE_FOLLOWS;

        if (follows == follow && (follows || message.speaker == speaker)) {
            print_message(&message);
        }
    }
}

int
main(void)
{
    struct cvmdom_firmware_code code;
    struct cvmdom_errno error;

    printf(
        "# What libvirt, QEMU, the kernel and the SEV firmware say when a guest does not start\n\n"
        "`cvmdom explain --log FILE` finds these messages in a log, and `cvmdom explain` knows "
        "each of them, by its name or by what is said. This page is printed from the same "
        "tables. `%%d`, `%%x` and `%%s` stand for a number, a hexadecimal number and any text, "
        "`{1}` for the first of them; `{errno}`, `{code}`, `{meaning}` and `{do}` for what the two "
        "last tables say of the numbers. The rules are those that can find it before the start.\n");
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        printf("\n## %s\n\n", sections[i].heading);
        print_messages(sections[i].speaker, FALSE);
    }
    printf("\n## What only passes a failure on\n\n");
    print_messages(0, TRUE);
    printf("\n## Return codes of the SEV firmware: `fw_error=`\n\n"
           "| number | name | QEMU says | meaning | what to do | source |\n"
           "|---|---|---|---|---|---|\n");
    for (size_t i = 0; cvmdom_firmware_code_at(i, &code) == 0; i++) {
        printf("| %d | %s | %s |", code.code, code.name, code.said ? code.said : "unknown error");
        print_cell(code.meaning);
        print_cell(code.remedy);
        print_cell(code.source);
        printf("\n");
    }
    printf("\n## Errors of the kernel: `ret=`\n\n"
           "| number | name | meaning | what to do |\n|---|---|---|---|\n");
    for (size_t i = 0; cvmdom_errno_at(i, &error) == 0; i++) {
        printf("| -%d | %s |", error.number, error.name);
        print_cell(error.meaning);
        print_cell(error.remedy);
        printf("\n");
    }
    return 0;
}
