/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line as a list, and what is noted beside it: how its parts are put together. */
#include "render/qemu.h"

#include <string.h>

#include "render/qemu_parts.h"
#include "util/cpuset.h"
#include "util/json.h"
#include "util/visible.h"

/* Where a host's own QEMU guests keep what is theirs; systemd's RuntimeDirectory= and
 * StateDirectory= make folders below the same two. */
static const char run_root[] = "/run/cvmdom/";
static const char state_root[] = "/var/lib/cvmdom/";

/* ---- lists ---- */

static void
free_option(gpointer data)
{
    struct cvm_qemu_option *option = data;

    g_free(option->name);
    g_free(option->value);
    g_free(option);
}

static void
free_file(gpointer data)
{
    struct cvm_qemu_file *file = data;

    g_free(file->path);
    g_free(file);
}

static void
free_made(gpointer data)
{
    struct cvm_qemu_made *made = data;

    g_free(made->path);
    g_free(made->template);
    g_free(made->content);
    g_free(made);
}

static void
free_beside(gpointer data)
{
    struct cvm_qemu_beside *beside = data;

    g_ptr_array_unref(beside->command);
    g_free(beside->socket);
    g_free(beside);
}

/* ---- the guest's folders ---- */

/* Characters of a folder's name: what is none becomes its number, so that no two guests share one.
 * A socket's path has 107 bytes at most (sun_path), so that long names are cut, and told apart by
 * a sum. */
enum { FOLDER_MAX = 48, FOLDER_CUT = 32, FOLDER_SUM = 12 };

static char *
folder_name(const char *name)
{
    GString *out = g_string_new(NULL);

    for (const char *c = name; *c; c++) {
        if (g_ascii_isalnum(*c) || strchr("_-+@", *c) || (*c == '.' && c != name)) {
            g_string_append_c(out, *c);
        } else {
            g_string_append_printf(out, "=%02X", (unsigned char)*c);
        }
    }
    if (out->len > FOLDER_MAX) {
        g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);

        g_string_truncate(out, FOLDER_CUT);
        g_string_append_printf(out, "=%.*s", FOLDER_SUM, sum);
    }
    return g_string_free(out, FALSE);
}

static const char *
keep_path(struct cvm_qemu *qemu, const char *folder, const char *name)
{
    char *path = g_build_filename(folder, name, NULL);

    g_ptr_array_add(qemu->texts, path);
    return path;
}

const char *
cvm_qemu_run_path(struct cvm_qemu *qemu, const char *name)
{
    return keep_path(qemu, qemu->run_folder, name);
}

const char *
cvm_qemu_state_path(struct cvm_qemu *qemu, const char *name)
{
    cvm_qemu_make_folder(qemu, qemu->state_folder);
    return keep_path(qemu, qemu->state_folder, name);
}

/* ---- options ---- */

static void
add_option(struct cvm_qemu *qemu, const char *name, char *value)
{
    struct cvm_qemu_option *option = g_new0(struct cvm_qemu_option, 1);

    option->name = g_strdup(name);
    option->value = value;
    g_ptr_array_add(qemu->options, option);
}

void
cvm_qemu_add(struct cvm_qemu *qemu, const char *name, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add_option(qemu, name, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

void
cvm_qemu_add_flag(struct cvm_qemu *qemu, const char *name)
{
    add_option(qemu, name, NULL);
}

void
cvm_qemu_add_json(struct cvm_qemu *qemu, const char *name, json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);

    add_option(qemu, name, g_strdup(text));
    free(text);
    json_decref(object);
}

char *
cvm_qemu_escape(const char *text)
{
    GString *out = g_string_new(NULL);

    for (const char *c = text; *c; c++) {
        g_string_append(out, *c == ',' ? "," : "");
        g_string_append_c(out, *c);
    }
    return g_string_free(out, FALSE);
}

/* ---- JSON ---- */

json_t *
cvm_qemu_object(const char *type, const char *id, ...)
{
    json_t *object = json_object();
    g_autofree char *name = NULL;
    va_list arguments;

    va_start(arguments, id);
    name = g_strdup_vprintf(id, arguments);
    va_end(arguments);
    cvm_qemu_set(object, "qom-type", type);
    cvm_qemu_set(object, "id", name);
    return object;
}

json_t *
cvm_qemu_driver(const char *driver)
{
    json_t *object = json_object();

    cvm_qemu_set(object, "driver", driver);
    return object;
}

void
cvm_qemu_set(json_t *object, const char *key, const char *text)
{
    if (text) {
        json_object_set_new(object, key, cvm_json_text(text));
    }
}

void
cvm_qemu_set_format(json_t *object, const char *key, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    cvm_qemu_set(object, key, text);
}

/* Above INT64_MAX jansson writes a negative number, which QEMU reads as the same 64 bits
 * (qobject_input_type_uint64). */
void
cvm_qemu_set_uint(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

void
cvm_qemu_set_flag(json_t *object, const char *key, gboolean value)
{
    json_object_set_new(object, key, json_boolean(value));
}

void
cvm_qemu_set_text_value(json_t *object, const char *key, const struct cvm_text *value)
{
    if (cvm_is_set(*value)) {
        cvm_qemu_set(object, key, value->value);
    }
}

void
cvm_qemu_set_uint_value(json_t *object, const char *key, const struct cvm_uint *value)
{
    if (cvm_is_set(*value)) {
        cvm_qemu_set_uint(object, key, value->value);
    }
}

void
cvm_qemu_set_flag_value(json_t *object, const char *key, const struct cvm_flag *value)
{
    if (cvm_is_set(*value)) {
        cvm_qemu_set_flag(object, key, value->value);
    }
}

/* ---- what is there, and what runs beside ---- */

static void
need(struct cvm_qemu *qemu, const char *path, gboolean writable, gboolean device)
{
    struct cvm_qemu_file *file;

    for (guint i = 0; i < qemu->files->len; i++) {
        file = g_ptr_array_index(qemu->files, i);
        if (g_str_equal(file->path, path)) {
            file->writable |= writable;
            file->device |= device;
            return;
        }
    }
    file = g_new0(struct cvm_qemu_file, 1);
    file->path = g_strdup(path);
    file->writable = writable;
    file->device = device;
    g_ptr_array_add(qemu->files, file);
}

void
cvm_qemu_need_file(struct cvm_qemu *qemu, const char *path, gboolean writable)
{
    need(qemu, path, writable, FALSE);
}

void
cvm_qemu_need_device(struct cvm_qemu *qemu, const char *path, gboolean writable)
{
    need(qemu, path, writable, TRUE);
}

/* Nothing is asked of the guest's own folders, which are made. */
void
cvm_qemu_need_folder_of(struct cvm_qemu *qemu, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);

    if (!g_str_equal(folder, qemu->run_folder) && !g_str_equal(folder, qemu->state_folder) &&
        !g_str_equal(folder, "/dev")) {
        need(qemu, folder, TRUE, FALSE);
    }
}

void
cvm_qemu_make_folder(struct cvm_qemu *qemu, const char *path)
{
    for (guint i = 0; i < qemu->folders->len; i++) {
        if (g_str_equal(g_ptr_array_index(qemu->folders, i), path)) {
            return;
        }
    }
    g_ptr_array_add(qemu->folders, g_strdup(path));
}

static void
make(struct cvm_qemu *qemu, const char *path, const char *template, const char *content)
{
    struct cvm_qemu_made *made = g_new0(struct cvm_qemu_made, 1);

    made->path = g_strdup(path);
    made->template = g_strdup(template);
    made->content = g_strdup(content);
    g_ptr_array_add(qemu->made, made);
}

void
cvm_qemu_make_copy(struct cvm_qemu *qemu, const char *path, const char *template)
{
    make(qemu, path, template, NULL);
}

void
cvm_qemu_make_file(struct cvm_qemu *qemu, const char *path, const char *content)
{
    make(qemu, path, NULL, content);
}

void
cvm_qemu_run_beside(struct cvm_qemu *qemu, const char *socket, const char *const *command)
{
    struct cvm_qemu_beside *beside = g_new0(struct cvm_qemu_beside, 1);

    beside->socket = g_strdup(socket);
    beside->command = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; command[i]; i++) {
        g_ptr_array_add(beside->command, g_strdup(command[i]));
    }
    g_ptr_array_add(qemu->beside, beside);
}

const char *
cvm_qemu_run_swtpm(struct cvm_qemu *qemu, const struct cvm_tpm *tpm)
{
    const char *socket = cvm_qemu_run_path(qemu, "swtpm.sock");
    const char *state =
        cvm_qemu_state_path(qemu, cvm_text_is(tpm->version, "1.2") ? "tpm1.2" : "tpm2");
    g_autofree char *control = g_strdup_printf("type=unixio,path=%s,mode=0600", socket);
    g_autofree char *folder = g_strdup_printf("dir=%s,mode=0600", state);
    const char *const command[] = {
        "swtpm",      "socket", "--ctrl",      control,
        "--tpmstate", folder,   "--terminate", cvm_text_is(tpm->version, "1.2") ? NULL : "--tpm2",
        NULL,
    };

    cvm_qemu_make_folder(qemu, state);
    cvm_qemu_run_beside(qemu, socket, command);
    return socket;
}

gboolean
cvm_qemu_is_made(const struct cvm_qemu *qemu, const char *path)
{
    for (guint i = 0; i < qemu->made->len; i++) {
        const struct cvm_qemu_made *made = g_ptr_array_index(qemu->made, i);

        if (g_str_equal(made->path, path)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* ---- what the forms share ---- */

/* In a comment, which a line end would end. */
static void
append_in_comment(GString *out, const char *text)
{
    cvm_visible_append(out, text, ' ');
}

void
cvm_qemu_append_heading(const struct cvm_qemu *qemu, GString *out)
{
    const struct cvm_domain *domain = qemu->domain;
    enum cvm_guest guest = cvm_domain_guest(domain);

    g_string_append_printf(out, "# The %s guest '", cvm_guest_info(guest)->title);
    append_in_comment(out, cvm_is_set(domain->name) ? domain->name.value : "");
    if (qemu->host) {
        g_string_append(out, "' for the host '");
        append_in_comment(out, cvm_host_title(qemu->host));
    }
    g_string_append(out, "'; written by cvmdom render.\n");
}

/* As the guest's memory; "preferred" is of one node alone. */
const char *
cvm_qemu_numactl_option(const struct cvm_qemu *qemu)
{
    g_autoptr(GArray) nodes = qemu->nodes ? cvm_cpuset_parse(qemu->nodes) : NULL;

    if (!nodes) {
        return NULL;
    }
    if (g_str_equal(qemu->nodes_mode, "interleave")) {
        return "interleave";
    }
    if (g_str_equal(qemu->nodes_mode, "preferred")) {
        return nodes->len == 1 ? "preferred" : NULL;
    }
    return "membind";
}

/* ---- the whole ---- */

struct cvm_qemu *
cvm_qemu_new(const struct cvm_domain *domain, const struct cvm_host *host)
{
    struct cvm_qemu *qemu = g_new0(struct cvm_qemu, 1);
    g_autofree char *folder = folder_name(domain->name.value ? domain->name.value : "guest");

    qemu->domain = domain;
    qemu->host = host;
    qemu->emulator = cvm_is_set(domain->devices.emulator) ? domain->devices.emulator.value
                                                          : "/usr/bin/qemu-system-x86_64";
    qemu->run_folder = g_strconcat(run_root, folder, NULL);
    qemu->state_folder = g_strconcat(state_root, folder, NULL);
    qemu->options = g_ptr_array_new_with_free_func(free_option);
    qemu->files = g_ptr_array_new_with_free_func(free_file);
    qemu->made = g_ptr_array_new_with_free_func(free_made);
    qemu->folders = g_ptr_array_new_with_free_func(g_free);
    qemu->beside = g_ptr_array_new_with_free_func(free_beside);
    qemu->texts = g_ptr_array_new_with_free_func(g_free);
    cvm_qemu_make_folder(qemu, qemu->run_folder);
    qemu->layout = cvm_layout_new(domain);
    cvm_qemu_frame(qemu);
    cvm_qemu_devices(qemu);
    cvm_qemu_frame_end(qemu);
    return qemu;
}

void
cvm_qemu_free(struct cvm_qemu *qemu)
{
    if (qemu) {
        cvm_layout_free(qemu->layout);
        g_free(qemu->run_folder);
        g_free(qemu->state_folder);
        g_free(qemu->processors);
        g_ptr_array_unref(qemu->options);
        g_ptr_array_unref(qemu->files);
        g_ptr_array_unref(qemu->made);
        g_ptr_array_unref(qemu->folders);
        g_ptr_array_unref(qemu->beside);
        g_ptr_array_unref(qemu->texts);
        g_free(qemu);
    }
}

/* The list, and behind it the texts, one by one: a block of so many bytes. */
static char **
pack(const GPtrArray *words, size_t bytes)
{
    size_t list = (words->len + 1) * sizeof(char *);
    char **packed = g_malloc(list + bytes);
    char *text = (char *)packed + list;

    for (guint i = 0; i < words->len; i++) {
        packed[i] = text;
        text = g_stpcpy(text, g_ptr_array_index(words, i)) + 1;
    }
    packed[words->len] = NULL;
    return packed;
}

char **
cvm_qemu_arguments(const struct cvm_domain *domain, const struct cvm_host *host)
{
    CVM_AUTO(qemu) *qemu = cvm_qemu_new(domain, host);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    size_t bytes = 0;

    g_ptr_array_add(words, (gpointer)qemu->emulator);
    for (guint i = 0; i < qemu->options->len; i++) {
        const struct cvm_qemu_option *option = g_ptr_array_index(qemu->options, i);

        g_ptr_array_add(words, option->name);
        if (option->value) {
            g_ptr_array_add(words, option->value);
        }
    }
    for (guint i = 0; i < words->len; i++) {
        bytes += strlen(g_ptr_array_index(words, i)) + 1;
    }
    return pack(words, bytes);
}
