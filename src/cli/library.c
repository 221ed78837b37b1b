/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/library.h"

#include <dlfcn.h>
#include <string.h>

/* Of its own for gcc 12's analyser, which loses track of what dlsym() has put into a local
 * variable. */
static void
store(void *member, void *function)
{
    memcpy(member, &function, sizeof(function));
}

gboolean
cli_library_load(const char *soname, const struct cli_symbol *symbols, size_t count,
                 void *functions, const char **said)
{
    void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

    for (size_t i = 0; library && i < count; i++) {
        void *function = dlsym(library, symbols[i].name);

        if (!function) {
            library = NULL;
        } else {
            store((char *)functions + symbols[i].offset, function);
        }
    }
    *said = library ? NULL : dlerror();
    return library != NULL;
}
