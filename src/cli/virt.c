/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/virt.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "cli/cmd.h"

#define SONAME "libcvmdom-virt.so.0"

static const struct {
    const char *name;
    size_t offset;
} functions[] = {
#define CLI_VIRT_ROW(function)                                                                     \
    { "cvmdom_connection_" #function, offsetof(struct cli_virt, function) },
    CLI_VIRT_FUNCTIONS(CLI_VIRT_ROW)
#undef CLI_VIRT_ROW
};

static gboolean
load(struct cli_virt *virt)
{
    void *library = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);

    for (size_t i = 0; library && i < G_N_ELEMENTS(functions); i++) {
        void *function = dlsym(library, functions[i].name);

        if (!function) {
            library = NULL;
        } else {
            memcpy((char *)virt + functions[i].offset, &function, sizeof(function));
        }
    }
    if (!library) {
        cli_say(_("a connection needs the library '%1$s', which cannot be loaded: %2$s"), SONAME,
                dlerror());
    }
    return library != NULL;
}

const struct cli_virt *
cli_virt_load(void)
{
    static struct cli_virt virt;
    static gboolean loaded;

    loaded = loaded || load(&virt);
    return loaded ? &virt : NULL;
}
