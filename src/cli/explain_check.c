/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A check of 'host check': what it looks at, where, and how to mend it, whatever the host. */
#include <stdio.h>

#include "cli/explain.h"
#include "cvmdom/readiness.h"

/* "Change: text", further lines indented. */
static void
print_labelled(const char *label, const char *text)
{
    printf("%s ", label);
    cli_print_wrapped(text, (int)g_utf8_strlen(label, -1) + 1);
}

static void
print_types(unsigned types)
{
    g_autofree const char **names = cli_words(CLI_GUEST);
    g_autoptr(GString) list = g_string_new(NULL);

    /* The bits are in the order of the words. */
    for (unsigned i = 0; names[i]; i++) {
        if (types & 1U << i) {
            g_string_append_printf(list, "%s%s", list->len ? ", " : "", names[i]);
        }
    }
    print_labelled(_("Types of guests:"), list->str);
}

gboolean
cli_explain_check(const char *id)
{
    struct cvmdom_check_info info;
    size_t i = 0;

    while (cvmdom_check_info_at(i, &info) == 0 && g_ascii_strcasecmp(info.id, id) != 0) {
        i++;
    }
    if (cvmdom_check_info_at(i, &info) < 0) {
        return FALSE;
    }
    printf(_("'host check' looks at: %1$s\n"), info.title);
    print_types(info.types);
    print_labelled(_("A host tells it in:"), info.source);
    if (info.fix) {
        print_labelled(_("Change:"), info.fix);
    }
    if (info.myth) {
        print_labelled(_("Beware:"), info.myth);
    }
    return TRUE;
}
