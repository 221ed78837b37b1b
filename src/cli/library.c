/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/library.h"

#include <dlfcn.h>
#include <string.h>

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
            memcpy((char *)functions + symbols[i].offset, &function, sizeof(function));
        }
    }
    *said = library ? NULL : dlerror();
    return library != NULL;
}
