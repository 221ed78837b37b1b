/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints docs/host-checks.md: what `cvmdom host check` looks at. */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "readiness/readiness.h"

/* Text of a cell, in which XML is no HTML. */
static void
print_cell(const char *text)
{
    g_autoptr(GString) cell = g_string_new(text ? text : "");

    g_string_replace(cell, "&", "&amp;", 0);
    g_string_replace(cell, "<", "&lt;", 0);
    g_string_replace(cell, "*", "\\*", 0);
    g_string_replace(cell, "|", "\\|", 0);
    printf(" %s |", cell->str);
}

static void
print_types(unsigned types)
{
    static const enum cvm_guest guests[] = { CVM_GUEST_SEV, CVM_GUEST_SEV_ES, CVM_GUEST_SEV_SNP };
    const char *separator = " ";

    if (types == CVM_GUEST_AMD) {
        printf(" all |");
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(guests); i++) {
        if (types & guests[i]) {
            printf("%s%s", separator, cvm_guest_info(guests[i])->title);
            separator = ", ";
        }
    }
    printf(" |");
}

int
main(void)
{
    const struct cvm_host_check *check;

    printf(
        "# What `cvmdom host check` looks at\n\n"
        "The checks, in the order in which one would mend what they find; this page is printed "
        "from the table that the library has. What a host does not tell is *unknown*, and never "
        "counts as passed.\n\n"
        "- Guests of a type can run when no check of that type failed, and those that *decide* are "
        "known. Others add the reason, or what is worth knowing.\n"
        "- What fails *for good* no setting mends: the checks after it are not made for its "
        "types.\n"
        "- A line of the kernel's log brings the cause and the remedy that "
        "[messages.md](messages.md) has.\n\n"
        "Not looked at: the certificates of the SEV firmware and its TCB version, which are for "
        "who attests a guest (`sevctl`, `snphost`); and what one guest asks of the host, which "
        "rules say of its profile.\n\n"
        "| check | types | | what is looked at | where | what to do | often advised, and wrong |\n"
        "|---|---|---|---|---|---|---|\n");
    for (unsigned i = 0; (check = cvm_host_check_at(i)); i++) {
        printf("| %s |", check->id);
        print_types(check->types);
        print_cell(check->flags & CVM_CHECK_DECISIVE ? "decides"
                   : check->flags & CVM_CHECK_FINAL  ? "for good"
                                                     : "");
        print_cell(check->title);
        print_cell(check->source);
        print_cell(check->fix                       ? check->fix
                   : strstr(check->source, "dmesg") ? "what [messages.md](messages.md) says of "
                                                      "the line"
                                                    : "");
        print_cell(check->myth);
        printf("\n");
    }
    return 0;
}
