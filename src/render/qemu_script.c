/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU's command line as a shell script. */
#include "render/qemu.h"
#include "render/render.h"
#include "util/i18n.h"

static void
append_quoted(GString *out, const char *text)
{
    g_autofree char *quoted = g_shell_quote(text);

    g_string_append(out, quoted);
}

static void
render_script(const struct cvm_domain *domain, const struct cvm_host *host, GString *out)
{
    CVM_AUTO(qemu) *qemu = cvm_qemu_new(domain, host);

    g_string_append(out, "#!/bin/sh\nset -eu\nexec ");
    append_quoted(out, qemu->emulator);
    for (guint i = 0; i < qemu->options->len; i++) {
        const struct cvm_qemu_option *option = g_ptr_array_index(qemu->options, i);

        g_string_append_printf(out, " \\\n    %s", option->name);
        if (option->value) {
            g_string_append_c(out, ' ');
            append_quoted(out, option->value);
        }
    }
    g_string_append(out, " \\\n    \"$@\"\n");
}

const struct cvm_renderer cvm_renderer_qemu = {
    .name = "qemu",
    .suffix = ".sh",
    .summary = N_("a shell script with QEMU's command line"),
    .rules = "qemu",
    .render = render_script,
};
