/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The virt-install command that makes the same domain, as a shell script with an option a line. */
#include "render/virt_install.h"

#include <string.h>

#include "render/libvirt_tree.h"
#include "render/render.h"
#include "util/i18n.h"
#include "util/number.h"
#include "util/visible.h"

struct script {
    GString *lines; /* option and value, each on a line of its own */
    GString *last;  /* those of --xml, which come behind */
    gboolean odd;   /* a value has what shellcheck asks about inside of quotes */
};

/* An option in the making: its sub-options, and how many paths of the XML are among them. */
struct value {
    GString *text;
    unsigned paths;
};

/* --- arguments --- */

static gboolean
is_plain(const char *text)
{
    return *text &&
           strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_./:=,+@%-") == strlen(text);
}

static void
append_argument(struct script *script, GString *to, const char *argument)
{
    g_autofree char *quoted = is_plain(argument) ? g_strdup(argument) : cvm_shell_quote(argument);

    script->odd |= strpbrk(argument, "$`\\") != NULL;
    g_string_append(to, quoted);
}

/* A value that begins with '-' would be taken for an option of its own (argparse). */
static void
add_line(struct script *script, const char *option, const char *value)
{
    GString *to = g_str_equal(option, "--xml") ? script->last : script->lines;

    g_string_append_printf(to, " \\\n    %s%c", option, value[0] == '-' ? '=' : ' ');
    append_argument(script, to, value);
}

/* virt-install divides a value by shlex with ',' for white space (virtinst/cli.py,
 * parse_optstr_tuples): a backslash makes any character an ordinary one. */
static void
append_escaped(GString *to, const char *text)
{
    for (; *text; text++) {
        if (strchr(",'\"\\", *text)) {
            g_string_append_c(to, '\\');
        }
        g_string_append_c(to, *text);
    }
}

static void
append_word(struct value *value, const char *word, const char *text)
{
    g_string_append_printf(value->text, "%s%s=", value->text->len ? "," : "", word);
    append_escaped(value->text, text);
}

/* --- paths --- */

static unsigned
count_twins(const struct cvm_node *node, unsigned *index)
{
    unsigned count = 0;

    for (const struct cvm_node *twin = node->parent->children; twin; twin = twin->next) {
        if (g_str_equal(twin->name, node->name)) {
            if (twin == node) {
                *index = count;
            }
            count++;
        }
    }
    return count;
}

/* The path of a node below top: "numa/cell[2]/@cpus" as virt-install finds it, "numa/cell/@cpus" as
 * the tables have it. */
static char *
make_path(const struct cvm_node *top, const struct cvm_node *node, gboolean exact)
{
    GString *path = g_string_new(NULL);

    for (; node != top; node = node->parent) {
        unsigned index = 0;

        if (node->kind == CVM_NODE_ATTRIBUTE) {
            g_string_prepend(path, node->name);
            g_string_prepend(path, "/@");
            continue;
        }
        if (exact && count_twins(node, &index) > 1) {
            g_autofree char *number = g_strdup_printf("[%u]", index + 1);

            g_string_prepend(path, number);
        }
        g_string_prepend(path, node->name);
        g_string_prepend_c(path, '/');
    }
    g_string_erase(path, 0, path->len ? 1 : 0);
    return g_string_free(path, FALSE);
}

/* The element or attribute at a path without places; the first, where there are several. */
static const struct cvm_node *
find(const struct cvm_node *node, const char *path)
{
    g_auto(GStrv) steps = g_strsplit(path, "/", -1);

    for (char **step = steps; node && *step; step++) {
        node = **step == '@' ? cvm_node_attribute(node, *step + 1) : cvm_node_child(node, *step);
    }
    return node;
}

/* --- one option --- */

/* The place in the innermost list that the node is in. */
static unsigned
list_index(const struct cvm_node *top, const struct cvm_node *node)
{
    for (; node != top; node = node->parent) {
        unsigned index = 0;

        if (node->kind == CVM_NODE_ELEMENT && count_twins(node, &index) > 1) {
            return index;
        }
    }
    return 0;
}

static char *
find_word(const struct cvm_vi_option *option, const struct cvm_node *top,
          const struct cvm_node *node, const char *path)
{
    for (const struct cvm_vi_word *row = option->words; row->path; row++) {
        if (g_str_equal(row->path, *path ? path : ".")) {
            g_auto(GStrv) parts = g_strsplit(row->word, "#", 2);

            return parts[1] ? g_strdup_printf("%s%u%s", parts[0], list_index(top, node), parts[1])
                            : g_strdup(row->word);
        }
    }
    return NULL;
}

static void
append_path(struct value *value, const char *path, const char *text)
{
    g_autofree char *set = g_strdup_printf("xpath%u.set", value->paths);
    g_autofree char *from = g_strdup_printf("xpath%u.value", value->paths);
    g_autofree char *full = g_strdup_printf("./%s", path);

    append_word(value, set, full);
    append_word(value, from, text);
    value->paths++;
}

static void
append_create(struct value *value, const char *path)
{
    g_autofree char *word = g_strdup_printf("xpath%u.create", value->paths++);
    g_autofree char *full = g_strdup_printf("./%s", path);

    append_word(value, word, full);
}

/* virt-install escapes an attribute's value twice (virtinst/xmlapi.py: _node_set_property() does
 * what libxml2 does once more), so that "a&b" becomes "a&amp;b" for libvirt. The attribute as a
 * node of its own, which "/." makes of it, is escaped once: it is set again. */
static void
append_correction(struct value *value, const char *path, const char *text)
{
    g_autofree char *node = g_strdup_printf("%s/.", path);

    append_path(value, node, text);
}

/* From 5.0 on virt-install takes the type sev-snp only beside pflash, which is not how the firmware
 * of such a guest is loaded: said by its path it is not looked at (virtinst/domain/
 * launch_security.py). Before, it had no words for what only SEV-SNP has. */
static gboolean
has_no_word(const struct cvm_node *node)
{
    return node->text && g_str_equal(node->text, "sev-snp") && g_str_equal(node->name, "type");
}

/* Something with a value: an attribute, or an element with text; or one that says it all by being
 * there. Without text an attribute is as good as absent to virt-install and to libvirt. */
static void
append_leaf(struct value *value, const struct cvm_vi_option *option, const struct cvm_node *top,
            const struct cvm_node *leaf)
{
    g_autofree char *path = make_path(top, leaf, FALSE);
    g_autofree char *word = find_word(option, top, leaf, path);
    g_autofree char *exact = make_path(top, leaf, TRUE);
    const char *text = leaf->text;

    if (text && !*text) {
        return;
    }
    if (word && !has_no_word(leaf)) {
        append_word(value, word, text ? text : "on");
        if (g_str_equal(word, "model") && g_str_equal(leaf->name, "model") &&
            g_str_equal(top->name, "cpu")) {
            append_word(value, "secure", "off");
        }
    } else if (text) {
        append_path(value, exact, text);
    } else {
        append_create(value, exact);
    }
    if (text && leaf->kind == CVM_NODE_ATTRIBUTE && strpbrk(text, "&<>'\"")) {
        append_correction(value, exact, text);
    }
}

/* <feature policy='require' name='avx2'/> is require=avx2. */
static gboolean
append_feature(struct value *value, const struct cvm_node *node)
{
    const char *policy = cvm_node_attribute_text(node, "policy");
    const char *name = cvm_node_attribute_text(node, "name");

    if (!g_str_equal(node->name, "feature") || !g_str_equal(node->parent->name, "cpu") || !name ||
        !policy) {
        return FALSE;
    }
    append_word(value, policy, name);
    return TRUE;
}

static void
append_element(struct value *value, const struct cvm_vi_option *option, const struct cvm_node *top,
               const struct cvm_node *node)
{
    if (append_feature(value, node)) {
        return;
    }
    if (node->text || (node != top && !node->attributes && !node->children)) {
        append_leaf(value, option, top, node);
    }
    for (const struct cvm_node *leaf = node->attributes; leaf; leaf = leaf->next) {
        append_leaf(value, option, top, leaf);
    }
    for (const struct cvm_node *child = node->children; child; child = child->next) {
        append_element(value, option, top, child);
    }
}

static void
append_unwanted(struct value *value, const struct cvm_vi_unwanted *unwanted,
                const struct cvm_node *node)
{
    for (; unwanted && unwanted->path; unwanted++) {
        const struct cvm_node *when = unwanted->when ? find(node, unwanted->when) : NULL;

        if (find(node, unwanted->path) ||
            (unwanted->when && (!when || !g_str_equal(when->text, unwanted->is)))) {
            continue;
        }
        if (strchr(unwanted->path, '@')) {
            g_autofree char *word = g_strdup_printf("xpath%u.set", value->paths++);
            g_autofree char *nothing = g_strdup_printf("./%s=", unwanted->path);

            append_word(value, word, nothing);
        } else {
            g_autofree char *word = g_strdup_printf("xpath%u.delete", value->paths++);
            g_autofree char *full = g_strdup_printf("./%s", unwanted->path);

            append_word(value, word, full);
        }
    }
}

static void
add_option(struct script *script, const struct cvm_vi_option *option, const struct cvm_node *node)
{
    g_autoptr(GString) text = g_string_new(NULL);
    struct value value = { .text = text };

    append_element(&value, option, node, node);
    append_unwanted(&value, option->unwanted, node);
    if (text->len) {
        add_line(script, option->option, text->str);
    }
}

static void
add_options(struct script *script, const struct cvm_vi_option *option,
            const struct cvm_node *domain)
{
    const struct cvm_node *first = find(domain, option->element);

    for (const struct cvm_node *node = first; node; node = node->next) {
        if (g_str_equal(node->name, first->name)) {
            add_option(script, option, node);
        }
    }
}

/* --- what is no element of its own --- */

static void
add_xml(struct script *script, const char *path, const char *text)
{
    g_autoptr(GString) line = g_string_new(NULL);

    if (is_plain(text) && !strpbrk(text, ",=")) {
        g_string_append_printf(line, "./%s=%s", path, text);
    } else {
        g_string_append_printf(line, "xpath.set=./%s,xpath.value=", path);
        append_escaped(line, text);
    }
    add_line(script, "--xml", line->str);
}

static void
add_texts(struct script *script, const struct cvm_node *domain, const char *option,
          const char *const *names)
{
    g_autoptr(GString) text = g_string_new(NULL);
    struct value value = { .text = text };

    for (; *names; names++) {
        const char *said = cvm_node_child_text(domain, *names);

        if (said && *said) {
            append_word(&value, *names, said);
        }
    }
    if (text->len) {
        add_line(script, option, text->str);
    }
}

/* virt-install counts in MiB, and rounds down what it is given. Without a current memory of its
 * own it makes one of the memory. */
static void
add_memory(struct script *script, const struct cvm_node *domain)
{
    static const char *const names[] = { "memory", "currentMemory", "maxMemory" };
    const struct cvm_node *slots = find(domain, "maxMemory/@slots");
    const struct cvm_node *dump = find(domain, "memory/@dumpCore");
    g_autoptr(GString) line = g_string_new(NULL);
    struct value value = { .text = line };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *said = cvm_node_child_text(domain, names[i]);
        uint64_t kib;

        if (said && cvm_number_parse_decimal(said, &kib)) {
            g_autofree char *mib =
                g_strdup_printf("%" G_GUINT64_FORMAT, kib / 1024 + !!(kib % 1024));

            append_word(&value, names[i], mib);
            if (kib % 1024) {
                add_xml(script, names[i], said);
                if (i == 0 && !cvm_node_child(domain, "currentMemory")) {
                    add_xml(script, "currentMemory", said);
                }
            }
        }
    }
    if (slots) {
        append_word(&value, "maxMemory.slots", slots->text);
    }
    if (line->len) {
        add_line(script, "--memory", line->str);
    }
    if (dump) {
        add_xml(script, "memory/@dumpCore", dump->text);
    }
}

/* --- what is not there --- */

static gboolean
has(const struct cvm_node *domain, const char *element)
{
    g_auto(GStrv) parts = g_strsplit(element, "=", 2);
    const struct cvm_node *node = find(domain, parts[0]);

    for (; node && parts[1]; node = node->next) {
        const char *type = cvm_node_attribute_text(node, "type");

        if (type && g_str_equal(type, parts[1])) {
            return TRUE;
        }
    }
    return node != NULL;
}

static void
add_absent(struct script *script, const struct cvm_node *domain)
{
    for (const struct cvm_vi_absent *row = cvm_vi_absent; row->element; row++) {
        if (has(domain, row->element) || (row->or_element && has(domain, row->or_element)) ||
            (row->only_with && !has(domain, row->only_with))) {
            continue;
        }
        for (const char *const *word = row->arguments; *word; word += 2) {
            add_line(script, word[0], word[1]);
        }
    }
}

static void
add_all(struct script *script, const struct cvm_node *domain)
{
    static const char *const metadata[] = { "uuid", "title", "description", NULL };
    static const char *const events[] = { "on_poweroff", "on_reboot", "on_crash", NULL };
    const char *name = cvm_node_child_text(domain, "name");
    const char *type = cvm_node_attribute_text(domain, "type");
    const struct cvm_node *emulator = find(domain, "devices/emulator");

    add_line(script, "--connect", "qemu:///system");
    if (name) {
        add_line(script, "--name", name);
    }
    add_texts(script, domain, "--metadata", metadata);
    if (type) {
        add_line(script, "--virt-type", type);
    }
    if (emulator) {
        g_autoptr(GString) text = g_string_new(NULL);
        struct value value = { .text = text };

        append_word(&value, "emulator", emulator->text);
        add_line(script, "--boot", text->str);
    }
    add_memory(script, domain);
    for (const struct cvm_vi_option *option = cvm_vi_options; option->element; option++) {
        add_options(script, option, domain);
    }
    add_texts(script, domain, "--events", events);
    add_absent(script, domain);
}

static void
render_virt_install(const struct cvm_domain *domain, const struct cvm_host *host, GString *out)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    g_autoptr(GString) lines = g_string_new(NULL);
    g_autoptr(GString) last = g_string_new(NULL);
    struct script script = { .lines = lines, .last = last };

    add_all(&script, cvm_libvirt_tree(arena, domain, host));
    g_string_append(
        out, "#!/bin/sh\n"
             "# Defines and starts the guest by virt-install 4.1 or newer. Further arguments go\n"
             "# to it: --noreboot defines the guest only, --connect URI does so elsewhere,\n"
             "# --print-xml --dry-run shows the XML and does nothing.\n");
    if (script.odd) {
        /* SC1003: a backslash before a quote; SC2016: a '$' or '`' that is not to be expanded */
        g_string_append(out, "# shellcheck disable=SC1003,SC2016 # these are not the shell's\n");
    }
    g_string_append(out, "exec virt-install");
    g_string_append_len(out, lines->str, (gssize)lines->len);
    g_string_append_len(out, last->str, (gssize)last->len);
    g_string_append(out, " \\\n    --osinfo detect=off,require=off \\\n    --import \\\n"
                         "    --noautoconsole \\\n    \"$@\"\n");
}

const struct cvm_renderer cvm_renderer_virt_install = {
    .name = "virt-install",
    .suffix = ".sh",
    .summary = N_("a shell script with the virt-install command"),
    .rules = "virt-install",
    .render = render_virt_install,
};
