/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Libraries beside libcvmdom, loaded when a command needs one: linking them would cost every start
 * what libvirt or libcrypto takes to load. */
#ifndef CVM_CLI_LIBRARY_H
#define CVM_CLI_LIBRARY_H

#include <glib.h>

struct cli_symbol {
    const char *name;
    size_t offset; /* of the member that takes its address */
};

/* Loads a library and fills functions, a struct of pointers, by the table. FALSE and what the
 * loader says (borrowed until the next call of it) when that fails. */
gboolean
cli_library_load(const char *soname, const struct cli_symbol *symbols, size_t count,
                 void *functions, const char **said);

#endif
