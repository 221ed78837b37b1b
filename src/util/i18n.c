/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h" /* first: NL_LOCALE_NAME is an extension */

#include "util/i18n.h"

#include <glib.h>
#include <langinfo.h>
#include <locale.h>

/* In C.UTF-8, unlike in C, LANGUAGE counts. */
static gboolean
is_untranslated(void)
{
#ifdef NL_LOCALE_NAME
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): this name is a part of this thread's locale */
    const char *locale = nl_langinfo(NL_LOCALE_NAME(LC_MESSAGES));

    return g_str_equal(locale, "C") || (g_str_equal(locale, "C.UTF-8") && !g_getenv("LANGUAGE"));
#else
    return FALSE;
#endif
}

char *
cvm_gettext(const char *text)
{
    return is_untranslated() ? (char *)text : dgettext(PACKAGE, text);
}
