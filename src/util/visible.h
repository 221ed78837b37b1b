/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Characters of somebody else's text that do something instead of being seen. Whatever prints or
 * writes a text asks here. */
#ifndef CVM_UTIL_VISIBLE_H
#define CVM_UTIL_VISIBLE_H

#include <glib.h>

/* Controls, line feed and tab among them, which drive a terminal; what turns the direction in which
 * the text around it is shown, or ends a line for some readers; and what shows nothing at all. */
gboolean
cvm_char_is_hidden(gunichar c);
/* Any bytes, with instead for each hidden character and for a byte that is not UTF-8. */
void
cvm_visible_append(GString *out, const char *text, gunichar instead);
/* "./" for a path that a line must not begin with: "::name::" is a command to GitHub Actions,
 * whatever stands before it in white space. "" for others. */
const char *
cvm_path_prefix(const char *path);
/* A word for POSIX sh: what is hidden is written as numbers, which printf turns back. The caller's
 * to g_free(). */
char *
cvm_shell_quote(const char *word);

#endif
