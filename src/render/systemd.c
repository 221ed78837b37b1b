/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU's command line as a systemd service: what a script checks, the unit gives. */
#include <string.h>

#include "render/qemu_parts.h"
#include "render/render.h"
#include "util/i18n.h"
#include "util/visible.h"

/* Debian's user of libvirt's guests, and the group that its udev rules give /dev/kvm to: a host's
 * record says otherwise. */
#define DEFAULT_USER "libvirt-qemu"
#define DEFAULT_GROUP "kvm"

/* ---- systemd's words (systemd.syntax, "Quoting"; systemd.unit, "Specifiers") ---- */

static gboolean
is_plain(const char *word)
{
    for (const char *c = word; *c; c++) {
        if (!g_ascii_isalnum(*c) && !strchr("_./:=,+@-", *c)) {
            return FALSE;
        }
    }
    return *word != '\0';
}

/* The character, or its bytes as numbers. */
static void
append_visible(GString *out, const char *c)
{
    const char *end = g_utf8_next_char(c);

    if (!cvm_char_is_hidden(g_utf8_get_char(c))) {
        g_string_append_len(out, c, end - c);
        return;
    }
    for (; c < end; c++) {
        g_string_append_printf(out, "\\x%02x", (unsigned char)*c);
    }
}

static void
append_escaped(GString *out, const char *word)
{
    for (const char *c = word; *c; c = g_utf8_next_char(c)) {
        if (*c == '\'' || *c == '\\') {
            g_string_append_printf(out, "\\%c", *c);
        } else if (*c == '%') {
            g_string_append(out, "%%");
        } else {
            append_visible(out, c);
        }
    }
}

static void
append_quoted(GString *out, const char *word)
{
    g_string_append_c(out, '\'');
    append_escaped(out, word);
    g_string_append_c(out, '\'');
}

static void
append_word(GString *out, const char *word)
{
    if (is_plain(word)) {
        g_string_append(out, word);
    } else {
        append_quoted(out, word);
    }
}

static void
append_setting(GString *out, const char *key, const char *value)
{
    g_string_append_printf(out, "%s=", key);
    append_word(out, value);
    g_string_append_c(out, '\n');
}

/* ---- who ---- */

static void
append_identity(const struct cvm_qemu *qemu, GString *out)
{
    const struct cvm_host *host = qemu->host;
    const char *group = host && host->qemu_group ? host->qemu_group : DEFAULT_GROUP;
    const char *sev = host && host->dev_sev.group ? host->dev_sev.group : NULL;

    append_setting(out, "User", host && host->qemu_user ? host->qemu_user : DEFAULT_USER);
    append_setting(out, "Group", group);
    if (!g_str_equal(group, DEFAULT_GROUP)) {
        append_setting(out, "SupplementaryGroups", DEFAULT_GROUP);
    }
    if (sev && !g_str_equal(sev, "root") && !g_str_equal(sev, group) &&
        !g_str_equal(sev, DEFAULT_GROUP)) {
        append_setting(out, "SupplementaryGroups", sev);
    }
}

/* ---- what is made ---- */

/* Folders below systemd's own two roots are its to make and, below /run, to remove. */
static void
append_folders(const struct cvm_qemu *qemu, GString *out)
{
    static const struct {
        const char *root, *key;
    } kinds[] = {
        { "/run/", "RuntimeDirectory" },
        { "/var/lib/", "StateDirectory" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        gboolean any = FALSE;

        for (guint k = 0; k < qemu->folders->len; k++) {
            const char *folder = g_ptr_array_index(qemu->folders, k);

            if (g_str_has_prefix(folder, kinds[i].root)) {
                append_setting(out, kinds[i].key, folder + strlen(kinds[i].root));
                any = TRUE;
            }
        }
        if (any) {
            g_string_append_printf(out, "%sMode=0700\n", kinds[i].key);
        }
    }
}

/* A shell's command before the start: text is the program's, what it is about are its words. The
 * colon keeps systemd from looking for variables (systemd.service, "Command lines"). */
static void
append_shell(GString *out, const char *key, const char *text, const char *first, const char *second)
{
    g_string_append_printf(out, "%s=:/bin/sh -c ", key);
    append_quoted(out, text);
    g_string_append_c(out, ' ');
    append_word(out, first);
    g_string_append_c(out, ' ');
    append_word(out, second);
    g_string_append_c(out, '\n');
}

static void
append_made(const struct cvm_qemu *qemu, GString *out)
{
    for (guint i = 0; i < qemu->made->len; i++) {
        const struct cvm_qemu_made *made = g_ptr_array_index(qemu->made, i);

        if (made->template) {
            append_shell(out, "ExecStartPre",
                         "test -e \"$1\" || { cp \"$0\" \"$1.new\" && mv \"$1.new\" \"$1\"; }",
                         made->template, made->path);
        } else {
            append_shell(out, "ExecStartPre", "printf '%s\\n' \"$0\" >\"$1\"", made->content,
                         made->path);
        }
    }
}

/* ---- the start ---- */

/* Programs that run beside QEMU are started by a shell that then becomes QEMU, and end with the
 * unit; those of ExecStartPre= would be killed before ExecStart= (systemd.service). */
static void
append_beside(const struct cvm_qemu *qemu, GString *out)
{
    g_string_append(out, "/bin/sh -c '");
    for (guint i = 0; i < qemu->beside->len; i++) {
        const struct cvm_qemu_beside *beside = g_ptr_array_index(qemu->beside, i);
        g_autoptr(GString) socket = g_string_new(NULL);
        g_autoptr(GString) line = g_string_new(NULL);

        cvm_qemu_append_shell_word(socket, beside->socket);
        g_string_append_printf(line, "rm -f %s; ", socket->str);
        for (guint word = 0; word < beside->command->len; word++) {
            cvm_qemu_append_shell_word(line, g_ptr_array_index(beside->command, word));
            g_string_append_c(line, ' ');
        }
        g_string_append_printf(
            line, "& until test -S %s; do kill -0 $! || exit 1; sleep 0.1; done; ", socket->str);
        append_escaped(out, line->str);
        g_string_append(out, "\\\n    ");
    }
    append_escaped(out, "exec \"$0\" \"$@\"");
    g_string_append(out, "' \\\n    ");
}

static void
append_start(const struct cvm_qemu *qemu, GString *out)
{
    g_string_append(out, "ExecStart=:");
    if (qemu->beside->len > 0) {
        append_beside(qemu, out);
    }
    append_word(out, qemu->emulator);
    for (guint i = 0; i < qemu->options->len; i++) {
        const struct cvm_qemu_option *option = g_ptr_array_index(qemu->options, i);

        g_string_append_printf(out, " \\\n    %s", option->name);
        if (option->value) {
            g_string_append_c(out, ' ');
            append_word(out, option->value);
        }
    }
    g_string_append_c(out, '\n');
    if (qemu->timezone) {
        g_autofree char *zone = g_strconcat("TZ=", qemu->timezone, NULL);

        append_setting(out, "Environment", zone);
    }
}

/* ---- limits and placement ---- */

/* numatune's words in systemd's (set_mempolicy(2)). */
static const char *
numa_policy(const char *option)
{
    return g_str_equal(option, "membind") ? "bind" : option;
}

static void
append_limits(const struct cvm_qemu *qemu, GString *out)
{
    const struct cvm_uint *hard_limit = &qemu->domain->memory.hard_limit;
    const char *option = cvm_qemu_numactl_option(qemu);

    if (qemu->locked_memory == G_MAXUINT64) {
        g_string_append(out, "LimitMEMLOCK=infinity\n");
    } else if (qemu->locked_memory > 0) {
        g_string_append_printf(out, "LimitMEMLOCK=%" G_GUINT64_FORMAT "\n", qemu->locked_memory);
    }
    if (cvm_is_set(*hard_limit)) {
        g_string_append_printf(out, "MemoryMax=%" G_GUINT64_FORMAT "\n", hard_limit->value);
    }
    if (qemu->processors) {
        append_setting(out, "CPUAffinity", qemu->processors);
    }
    if (option) {
        append_setting(out, "NUMAPolicy", numa_policy(option));
        append_setting(out, "NUMAMask", qemu->nodes);
    }
}

/* ---- what it may touch ---- */

static gboolean
uses(const struct cvm_qemu *qemu, const char *prefix)
{
    for (guint i = 0; i < qemu->files->len; i++) {
        const struct cvm_qemu_file *file = g_ptr_array_index(qemu->files, i);

        if (g_str_has_prefix(file->path, prefix)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
append_devices(const struct cvm_qemu *qemu, GString *out)
{
    g_string_append(out, "DevicePolicy=closed\n");
    for (guint i = 0; i < qemu->files->len; i++) {
        const struct cvm_qemu_file *file = g_ptr_array_index(qemu->files, i);

        if (file->device) {
            g_string_append(out, "DeviceAllow=");
            append_word(out, file->path);
            g_string_append(out, file->writable ? " rw\n" : " r\n");
        }
    }
    /* The group's number is known once the device is bound (/proc/devices: "vfio"). */
    if (uses(qemu, "/dev/vfio/")) {
        g_string_append(out, "DeviceAllow=char-vfio rw\n");
    }
}

/* A file that is made needs its folder. systemd lets a unit write to the folders that it makes for
 * it. */
static void
append_writable(const struct cvm_qemu *qemu, GString *out)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < qemu->files->len; i++) {
        const struct cvm_qemu_file *file = g_ptr_array_index(qemu->files, i);
        gboolean made = cvm_qemu_is_made(qemu, file->path);
        char *path = made ? g_path_get_dirname(file->path) : g_strdup(file->path);

        if (file->writable && !file->device && !g_str_has_prefix(path, qemu->state_folder) &&
            !g_str_has_prefix(path, qemu->run_folder) && !g_hash_table_contains(seen, path)) {
            append_setting(out, "ReadWritePaths", path);
        }
        g_hash_table_add(seen, path);
    }
}

/* None of it is in QEMU's way: it needs neither what these forbid nor, once its devices are
 * allowed, any privilege. */
static const char hardening[] = "ProtectSystem=strict\n"
                                "ProtectHome=read-only\n"
                                "ProtectControlGroups=yes\n"
                                "UMask=0077\n";
/* Each of these takes setuid from all programs that are started (systemd.exec,
 * "NoNewPrivileges="). */
static const char unprivileged[] = "NoNewPrivileges=yes\n"
                                   "CapabilityBoundingSet=\n"
                                   "ProtectClock=yes\n"
                                   "ProtectHostname=yes\n"
                                   "ProtectKernelLogs=yes\n"
                                   "ProtectKernelModules=yes\n"
                                   "ProtectKernelTunables=yes\n"
                                   "LockPersonality=yes\n"
                                   "RestrictRealtime=yes\n"
                                   "RestrictSUIDSGID=yes\n"
                                   "SystemCallArchitectures=native\n";

/* A bridge's helper gains privileges; programs beside QEMU have namespaces of their own. */
static void
append_hardening(const struct cvm_qemu *qemu, GString *out)
{
    append_devices(qemu, out);
    append_writable(qemu, out);
    g_string_append(out, hardening);
    if (!uses(qemu, "/tmp/") && !uses(qemu, "/var/tmp/")) {
        g_string_append(out, "PrivateTmp=yes\n");
    }
    if (qemu->starts_programs) {
        g_string_append(out,
                        "# qemu-bridge-helper gains the right to make network devices: nothing "
                        "that keeps it from that is here.\n");
        return;
    }
    g_string_append(out, unprivileged);
    if (qemu->beside->len == 0) {
        g_string_append(out, "RestrictNamespaces=yes\n");
    }
}

/* ---- the unit ---- */

static void
append_description(const struct cvm_qemu *qemu, GString *out)
{
    const struct cvm_domain *domain = qemu->domain;
    g_autofree char *text =
        g_strdup_printf("%s guest %s", cvm_guest_info(cvm_domain_guest(domain))->title,
                        cvm_is_set(domain->name) ? domain->name.value : "");
    g_autoptr(GString) plain = g_string_new(NULL);

    g_string_append(out, "Description=");
    cvm_visible_append(plain, text, ' ');
    for (const char *c = plain->str; *c; c++) {
        /* no word: it is taken as it stands, but for specifiers */
        g_string_append(out, *c == '%' ? "%" : "");
        g_string_append_c(out, *c == '\\' ? ' ' : *c);
    }
    g_string_append_c(out, '\n');
}

static void
render_unit(const struct cvm_domain *domain, const struct cvm_host *host, GString *out)
{
    CVM_AUTO(qemu) *qemu = cvm_qemu_new(domain, host);

    cvm_qemu_append_heading(qemu, out);
    g_string_append(out, "[Unit]\n");
    append_description(qemu, out);
    g_string_append(out, "Documentation=man:cvmdom(1)\n"
                         "After=network-online.target\n"
                         "Wants=network-online.target\n"
                         "\n"
                         "[Service]\n"
                         "Type=exec\n"
                         "Slice=machine.slice\n");
    append_identity(qemu, out);
    append_folders(qemu, out);
    append_made(qemu, out);
    append_start(qemu, out);
    append_limits(qemu, out);
    append_hardening(qemu, out);
    g_string_append(out, "\n[Install]\nWantedBy=multi-user.target\n");
}

const struct cvm_renderer cvm_renderer_systemd = {
    .name = "systemd",
    .suffix = ".service",
    .summary = N_("a systemd service that starts QEMU"),
    .rules = "qemu",
    .render = render_unit,
};
