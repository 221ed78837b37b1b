/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages of the library come from its own gettext domain, whatever the program that embeds it
 * uses. */
#ifndef CVM_UTIL_I18N_H
#define CVM_UTIL_I18N_H

#include <libintl.h>

#include "config.h"

#define _(text) dgettext(PACKAGE, text)
#define N_(text) text
#define ngettext_(one, many, count) dngettext(PACKAGE, one, many, (unsigned long)(count))

#endif
