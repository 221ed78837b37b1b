/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages of the library come from its own gettext domain, whatever the program that embeds it
 * uses. */
#ifndef CVM_UTIL_I18N_H
#define CVM_UTIL_I18N_H

#include <libintl.h>

#include "config.h"

/* dgettext(), which looks for a catalogue at each call, unless the locale has none. */
char *
cvm_gettext(const char *text) __attribute__((format_arg(1)));

#define _(text) cvm_gettext(text)
#define N_(text) text
#define ngettext_(one, many, count) dngettext(PACKAGE, one, many, (unsigned long)(count))

#endif
