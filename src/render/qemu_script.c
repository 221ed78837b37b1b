/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU's command line as a POSIX shell script: first what must be there, then what is made, then
 * QEMU, with the script's own arguments behind. Nothing in it is translated. */
#include <string.h>

#include "render/qemu_parts.h"
#include "render/render.h"
#include "util/i18n.h"
#include "util/number.h"
#include "util/visible.h"

/* ---- the shell's words ---- */

/* What no shell reads as anything else. */
static gboolean
is_plain(const char *word)
{
    for (const char *c = word; *c; c++) {
        if (!g_ascii_isalnum(*c) && !strchr("_./:=,+@%-", *c)) {
            return FALSE;
        }
    }
    return *word != '\0';
}

void
cvm_qemu_append_shell_word(GString *out, const char *word)
{
    if (is_plain(word)) {
        g_string_append(out, word);
    } else {
        g_autofree char *quoted = cvm_shell_quote(word);

        g_string_append(out, quoted);
    }
}

/* A line of words, up to a NULL. */
static void
append_line(GString *out, const char *word, ...) G_GNUC_NULL_TERMINATED;
static void
append_line(GString *out, const char *word, ...)
{
    va_list words;

    va_start(words, word);
    cvm_qemu_append_shell_word(out, word);
    while ((word = va_arg(words, const char *))) {
        g_string_append_c(out, ' ');
        cvm_qemu_append_shell_word(out, word);
    }
    va_end(words);
    g_string_append_c(out, '\n');
}

/* ---- before the start ---- */

static const char head[] =
    "# Further arguments of this script are QEMU's, too: -S has the guest wait to be attested.\n"
    "# CVMDOM_CHECK=no starts QEMU without looking first whether it can run.\n"
    "set -eu\n"
    "\n"
    "fail()\n"
    "{\n"
    "    printf '%s: %s\\n' \"$0\" \"$*\" >&2\n"
    "    exit 1\n"
    "}\n"
    "\n"
    "# check r|w PATH REMEDY: QEMU can read, or read and write PATH.\n"
    "check()\n"
    "{\n"
    "    [ \"${CVMDOM_CHECK-}\" != no ] || return 0\n"
    "    [ -e \"$2\" ] || fail \"'$2' does not exist: $3\"\n"
    "    [ -r \"$2\" ] || fail \"'$2' cannot be read by $(id -un): $3\"\n"
    "    [ \"$1\" = r ] || [ -w \"$2\" ] || fail \"'$2' cannot be written to by $(id -un): $3\"\n"
    "}\n"
    "\n"
    "# What QEMU opens.\n";

/* ulimit counts KiB. */
static const char limit_head[] =
    "\n"
    "# So much of the guest's memory is pinned (in KiB; root may raise its limit).\n"
    "# shellcheck disable=SC3045 # not in POSIX, but in dash, bash and busybox\n"
    "allow_locking()\n"
    "{\n"
    "    [ \"${CVMDOM_CHECK-}\" != no ] || return 0\n"
    "    limit=$(ulimit -l)\n"
    "    [ \"$limit\" != unlimited ] || return 0\n"
    "    [ \"$1\" = unlimited ] || [ \"$limit\" -lt \"$1\" ] || return 0\n"
    "    ulimit -l \"$1\" 2>/dev/null ||\n"
    "        fail \"$1 KiB must be lockable, and the limit is $limit: raise memlock in "
    "/etc/security/limits.conf\"\n"
    "}\n";

static const char copy_head[] =
    "\n"
    "# copy TEMPLATE PATH: once; whole or not at all.\n"
    "copy()\n"
    "{\n"
    "    [ ! -e \"$2\" ] || return 0\n"
    "    check r \"$1\" 'it is what the guest'\\''s variables start from'\n"
    "    cp \"$1\" \"$2.new\"\n"
    "    mv \"$2.new\" \"$2\"\n"
    "}\n";

static const char beside_head[] =
    "\n"
    "# beside SOCKET COMMAND…: a program that runs as long as QEMU does, and answers on SOCKET.\n"
    "helpers=\n"
    "trap 'kill $helpers 2>/dev/null || :' EXIT\n"
    "trap 'exit 143' HUP INT TERM\n"
    "beside()\n"
    "{\n"
    "    socket=$1\n"
    "    shift\n"
    "    rm -f \"$socket\"\n"
    "    \"$@\" &\n"
    "    helpers=\"$helpers $!\"\n"
    "    tries=0\n"
    "    until [ -S \"$socket\" ]; do\n"
    "        kill -0 \"$!\" 2>/dev/null || fail \"$1 ended at its start\"\n"
    "        tries=$((tries + 1))\n"
    "        [ \"$tries\" -le 100 ] || fail \"$1 does not make '$socket'\"\n"
    "        sleep 0.1\n"
    "    done\n"
    "}\n";

static const char *
remedy(const struct cvm_qemu_file *file)
{
    if (g_str_equal(file->path, "/dev/kvm")) {
        return "load the module kvm_amd, and be in the group that may open it";
    }
    if (g_str_equal(file->path, "/dev/sev")) {
        return "it is there where the firmware setup has SEV on, and be in the group that may open "
               "it";
    }
    return file->device ? "load the module that makes it, and be in the group that may open it"
                        : "the guest needs it";
}

static void
append_checks(const struct cvm_qemu *qemu, GString *out)
{
    append_line(out, "check", "r", qemu->emulator, "install QEMU", NULL);
    for (guint i = 0; i < qemu->files->len; i++) {
        const struct cvm_qemu_file *file = g_ptr_array_index(qemu->files, i);

        if (!cvm_qemu_is_made(qemu, file->path)) {
            append_line(out, "check", file->writable ? "w" : "r", file->path, remedy(file), NULL);
        }
    }
    if (qemu->locked_memory > 0) {
        g_autofree char *kib = g_strdup_printf("%" G_GUINT64_FORMAT, cvm_kib(qemu->locked_memory));

        g_string_append(out, limit_head);
        append_line(out, "allow_locking", qemu->locked_memory == G_MAXUINT64 ? "unlimited" : kib,
                    NULL);
    }
}

static void
append_made(const struct cvm_qemu *qemu, GString *out)
{
    gboolean copies = FALSE;

    g_string_append(out, "\n# The guest's own folders and files.\numask 077\n");
    for (guint i = 0; i < qemu->folders->len; i++) {
        append_line(out, "mkdir", "-p", g_ptr_array_index(qemu->folders, i), NULL);
    }
    for (guint i = 0; i < qemu->made->len; i++) {
        const struct cvm_qemu_made *made = g_ptr_array_index(qemu->made, i);

        if (made->content) {
            g_string_append(out, "printf '%s\\n' ");
            cvm_qemu_append_shell_word(out, made->content);
            g_string_append(out, " >");
            append_line(out, made->path, NULL);
            continue;
        }
        g_string_append(out, copies ? "" : copy_head);
        append_line(out, "copy", made->template, made->path, NULL);
        copies = TRUE;
    }
}

static void
append_beside(const struct cvm_qemu *qemu, GString *out)
{
    if (qemu->beside->len > 0) {
        g_string_append(out, beside_head);
    }
    for (guint i = 0; i < qemu->beside->len; i++) {
        const struct cvm_qemu_beside *beside = g_ptr_array_index(qemu->beside, i);

        g_string_append(out, "beside ");
        cvm_qemu_append_shell_word(out, beside->socket);
        for (guint word = 0; word < beside->command->len; word++) {
            g_string_append_c(out, ' ');
            cvm_qemu_append_shell_word(out, g_ptr_array_index(beside->command, word));
        }
        g_string_append_c(out, '\n');
    }
}

/* ---- the start ---- */

/* Where the process may run, and whose memory it takes: threads and what KVM allocates for the
 * guest inherit both. */
static void
append_placement(const struct cvm_qemu *qemu, GString *out)
{
    const char *option = cvm_qemu_numactl_option(qemu);

    if (qemu->processors) {
        g_string_append_printf(out, "taskset --cpu-list %s ", qemu->processors);
    }
    if (option) {
        g_string_append_printf(out, "numactl --%s=", option);
        cvm_qemu_append_shell_word(out, qemu->nodes);
        g_string_append_c(out, ' ');
    }
}

static void
append_start(const struct cvm_qemu *qemu, GString *out)
{
    g_string_append_c(out, '\n');
    if (qemu->timezone) {
        g_string_append(out, "TZ=");
        append_line(out, qemu->timezone, NULL);
        g_string_append(out, "export TZ\n");
    }
    g_string_append(out, qemu->beside->len > 0 ? "" : "exec ");
    append_placement(qemu, out);
    cvm_qemu_append_shell_word(out, qemu->emulator);
    for (guint i = 0; i < qemu->options->len; i++) {
        const struct cvm_qemu_option *option = g_ptr_array_index(qemu->options, i);

        g_string_append_printf(out, " \\\n    %s", option->name);
        if (option->value) {
            g_string_append_c(out, ' ');
            cvm_qemu_append_shell_word(out, option->value);
        }
    }
    g_string_append(out, " \\\n    \"$@\"\n");
}

/* shellcheck asks whether the shell was meant to read these in single quotes. */
static gboolean
is_odd(const struct cvm_qemu *qemu)
{
    for (guint i = 0; i < qemu->options->len; i++) {
        const struct cvm_qemu_option *option = g_ptr_array_index(qemu->options, i);

        if (option->value && strpbrk(option->value, "$`\\")) {
            return TRUE;
        }
    }
    return strpbrk(qemu->emulator, "$`\\") != NULL;
}

static void
render_script(const struct cvm_domain *domain, const struct cvm_host *host, GString *out)
{
    CVM_AUTO(qemu) *qemu = cvm_qemu_new(domain, host);

    g_string_append(out, "#!/bin/sh\n");
    cvm_qemu_append_heading(qemu, out);
    if (is_odd(qemu)) {
        g_string_append(out, "# shellcheck disable=SC1003,SC2016 # such words are QEMU's\n");
    }
    g_string_append(out, head);
    append_checks(qemu, out);
    append_made(qemu, out);
    append_beside(qemu, out);
    append_start(qemu, out);
}

const struct cvm_renderer cvm_renderer_qemu = {
    .name = "qemu",
    .suffix = ".sh",
    .summary = N_("a shell script that starts QEMU"),
    .rules = "qemu",
    .render = render_script,
};
