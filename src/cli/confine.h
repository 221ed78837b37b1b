/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a command that reads what strangers wrote, and reports on it, gives up before it reads. */
#ifndef CVM_CLI_CONFINE_H
#define CVM_CLI_CONFINE_H

#include <glib.h>

/* From here on this thread, and those that it starts, can read files and write to the given ones
 * and what is open already: no other file is made, changed or removed, no program is started, no
 * connection made. There is no way back. As much of it as the kernel offers; without a word. */
void
cli_confine(const GPtrArray *outputs);

/* What the kernel offers for it, "Landlock 7, seccomp"; NULL for nothing. The caller's to g_free().
 */
char *
cli_confine_describe(void);

#endif
