/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AppArmor: whether it is in force, and whether its profile for guests lets QEMU open /dev/sev. No
 * profile of libvirt's own does (up to 11.3); people add the rule by hand. The language is that of
 * apparmor.d(5), as far as rules for files need it. */
#include <string.h>

#include "capture/files.h"

#define PROFILES "/etc/apparmor.d/"

enum { MAX_INCLUDES = 256, MAX_NESTING = 8, MAX_PATTERN = 512 };

static const char device[] = "/dev/sev";

/* ---- patterns ---- */

/* Positions in device's name that are reached after a pattern, one bit each. */
typedef uint16_t reached;

G_STATIC_ASSERT(sizeof device <= 16);

static reached
step_over(reached from, gboolean (*accepts)(char c, const char *set, size_t length),
          const char *set, size_t length)
{
    reached to = 0;

    for (unsigned i = 0; i < sizeof device - 1; i++) {
        if (from & 1U << i && accepts(device[i], set, length)) {
            to |= (reached)(1U << (i + 1));
        }
    }
    return to;
}

static gboolean
accepts_set(char c, const char *set, size_t length)
{
    gboolean negated = length > 0 && *set == '^', found = FALSE;

    for (size_t i = negated; i < length; i++) {
        if (i + 2 < length && set[i + 1] == '-') {
            found |= set[i] <= c && c <= set[i + 2];
            i += 2;
        } else {
            found |= set[i] == c;
        }
    }
    return found != negated;
}

static gboolean
accepts_any(char c, const char *set G_GNUC_UNUSED, size_t length G_GNUC_UNUSED)
{
    return c != '\0';
}

static gboolean
accepts_no_slash(char c, const char *set G_GNUC_UNUSED, size_t length G_GNUC_UNUSED)
{
    return c != '/';
}

static reached
repeat(reached from, gboolean (*accepts)(char c, const char *set, size_t length))
{
    reached next = from;

    while ((next = step_over(next, accepts, NULL, 0))) {
        from |= next;
    }
    return from;
}

/* The end of "{a,b}" or one of its alternatives, nested ones skipped. */
static const char *
end_of_alternative(const char *from, const char *end)
{
    unsigned nesting = 0;

    for (; from < end; from++) {
        if (nesting == 0 && (*from == ',' || *from == '}')) {
            break;
        }
        nesting += (*from == '{') - (*from == '}');
    }
    return from;
}

static reached
match(const char *pattern, const char *end, reached from, unsigned nesting);

/* At '{'; *pattern is moved behind its '}'. */
static reached
match_alternatives(const char **pattern, const char *end, reached from, unsigned nesting)
{
    const char *start = *pattern + 1;
    reached to = 0;

    for (;;) {
        const char *stop = end_of_alternative(start, end);

        if (nesting < MAX_NESTING) {
            to |= match(start, stop, from, nesting + 1);
        }
        start = stop + 1;
        if (stop >= end || *stop == '}') {
            break;
        }
    }
    *pattern = MIN(start, end);
    return to;
}

static reached
match(const char *pattern, const char *end, reached from, unsigned nesting)
{
    while (pattern < end && from) {
        const char *close = *pattern == '[' ? memchr(pattern, ']', (size_t)(end - pattern)) : NULL;

        if (*pattern == '{') {
            from = match_alternatives(&pattern, end, from, nesting);
        } else if (close) {
            from = step_over(from, accepts_set, pattern + 1, (size_t)(close - pattern - 1));
            pattern = close + 1;
        } else if (*pattern == '?') {
            from = step_over(from, accepts_no_slash, NULL, 0);
            pattern++;
        } else if (g_str_has_prefix(pattern, "**") && end - pattern > 1) {
            from = repeat(from, accepts_any);
            pattern += 2;
        } else if (*pattern == '*') {
            from = repeat(from, accepts_no_slash);
            pattern++;
        } else {
            from = step_over(from, accepts_set, pattern, 1);
            pattern++;
        }
    }
    return from;
}

static gboolean
is_about_device(const char *pattern)
{
    size_t length = strlen(pattern);

    return length < MAX_PATTERN &&
           match(pattern, pattern + length, 1, 0) & 1U << (sizeof device - 1);
}

/* ---- rules ---- */

enum { READ = 1, WRITE = 2, BOTH = READ | WRITE };

struct profile {
    const struct cvm_files *files;
    GPtrArray *seen; /* files that were read */
    unsigned allowed, denied;
    gboolean incomplete; /* something that it includes could not be read */
};

static unsigned
parse_permissions(const char *text)
{
    if (strspn(text, "rwaklmixpucPUC") != strlen(text)) {
        return 0;
    }
    return (strchr(text, 'r') ? READ : 0) | (strchr(text, 'w') ? WRITE : 0);
}

/* "audit deny owner /dev/sev rw,": path and permissions may stand in either order. */
static void
take_rule(struct profile *profile, char *line)
{
    static const char *const qualifiers[] = { "allow", "audit", "file", "owner", "quiet", NULL };
    g_auto(GStrv) words = g_strsplit_set(line, " \t", -1);
    const char *part[2] = { NULL };
    gboolean deny = FALSE;
    unsigned n = 0;

    for (char **word = words; *word; word++) {
        gboolean qualifier = n == 0 && g_strv_contains(qualifiers, *word);

        deny |= n == 0 && g_str_equal(*word, "deny");
        if (**word && !qualifier && !(n == 0 && g_str_equal(*word, "deny"))) {
            if (n == G_N_ELEMENTS(part)) {
                return;
            }
            part[n++] = *word;
        }
    }
    if (n == 2 && (*part[1] == '/' || *part[1] == '{' || *part[1] == '"')) {
        const char *path = part[1];

        part[1] = part[0];
        part[0] = path;
    }
    if (n == 2) {
        g_autofree char *path = g_strdup(part[0] + (*part[0] == '"'));

        g_strdelimit(path, "\"", '\0');
        if (is_about_device(path)) {
            *(deny ? &profile->denied : &profile->allowed) |= parse_permissions(part[1]);
        }
    } else if (n == 0 && g_strv_contains((const char *const *)words, "file")) {
        *(deny ? &profile->denied : &profile->allowed) |= BOTH;
    }
}

static void
take_file(struct profile *profile, const char *path, gboolean may_be_missing);

/* <abstractions/base> or "path"; a folder stands for all its files. */
static void
take_include(struct profile *profile, const char *text)
{
    const char *optional = cvm_files_after(text, "if exists");
    const char *start = optional ? optional : text;
    g_autofree char *name = *start ? g_strndup(start + 1, strcspn(start + 1, ">\"")) : NULL;
    g_autofree char *path = NULL;
    struct stat status;

    if (!name || (*start != '<' && *start != '"')) {
        return;
    }
    path = g_strconcat(*name == '/' ? "" : PROFILES, name, NULL);
    if (cvm_tree_stat(profile->files->tree, path, &status) == 0 && S_ISDIR(status.st_mode)) {
        g_autoptr(GPtrArray) names = cvm_files_list(profile->files, path);

        for (guint i = 0; i < names->len; i++) {
            g_autofree char *file = g_build_filename(path, names->pdata[i], NULL);

            take_file(profile, file, FALSE);
        }
    } else {
        take_file(profile, path, optional != NULL);
    }
}

/* Profiles within the profile are other programs'. libvirt puts a name where LIBVIRT_TEMPLATE is.
 */
static void
take_text(struct profile *profile, char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    unsigned nesting = 0;

    for (char **line = lines; *line; line++) {
        const char *include;
        size_t length;

        g_strstrip(*line);
        include = cvm_files_after(**line == '#' ? *line + 1 : *line, "include ");
        if (**line != '#') {
            g_strdelimit(*line, "#", '\0');
            g_strchomp(*line);
        }
        length = strlen(*line);
        if (include && nesting == 0) {
            take_include(profile, include);
        } else if (**line == '#' || length == 0 || strstr(*line, "LIBVIRT_TEMPLATE")) {
            continue;
        } else if ((*line)[length - 1] == '{') {
            nesting++;
        } else if (**line == '}') {
            nesting -= nesting > 0;
        } else if (nesting == 0 && (*line)[length - 1] == ',') {
            (*line)[length - 1] = '\0';
            take_rule(profile, *line);
        }
    }
}

static void
take_file(struct profile *profile, const char *path, gboolean may_be_missing)
{
    g_autofree char *text = NULL;

    if (g_ptr_array_find_with_equal_func(profile->seen, path, g_str_equal, NULL)) {
        return;
    }
    if (profile->seen->len == MAX_INCLUDES) {
        profile->incomplete = TRUE;
        return;
    }
    g_ptr_array_add(profile->seen, g_strdup(path));
    text = cvm_files_text(profile->files, path);
    if (text) {
        take_text(profile, text);
    } else if (!may_be_missing || cvm_files_have(profile->files, path)) {
        profile->incomplete = TRUE;
    }
}

static enum cvm_known
may_open_device(const struct cvm_files *files)
{
    struct profile profile = { .files = files, .seen = g_ptr_array_new_with_free_func(g_free) };

    take_file(&profile, PROFILES "libvirt/TEMPLATE.qemu", TRUE);
    take_file(&profile, PROFILES "abstractions/libvirt-qemu", FALSE);
    g_ptr_array_unref(profile.seen);
    if (profile.denied) {
        return CVM_NO;
    }
    if (profile.allowed == BOTH) {
        return CVM_YES;
    }
    return profile.incomplete ? CVM_UNKNOWN : CVM_NO;
}

/* security_driver of qemu.conf: one name, or a list of them. Without it libvirt takes what there
 * is.
 */
static gboolean
is_switched_off(const struct cvm_files *files)
{
    const char *driver = cvm_files_qemu_conf(files, "security_driver", FALSE);

    return g_strcmp0(driver, "none") == 0 || g_strcmp0(driver, "selinux") == 0;
}

static enum cvm_known
in_force(const struct cvm_files *files)
{
    const char *enabled = cvm_files_value(files, "/sys/module/apparmor/parameters/enabled");
    g_autoptr(GPtrArray) modules = cvm_files_list(files, "/sys/module");

    if (enabled) {
        return g_str_equal(enabled, "N") || is_switched_off(files) ? CVM_NO
               : g_str_equal(enabled, "Y")                         ? CVM_YES
                                                                   : CVM_UNKNOWN;
    }
    return modules->len > 0 && !cvm_files_have(files, "/sys/module/apparmor") ? CVM_NO
                                                                              : CVM_UNKNOWN;
}

void
cvm_files_take_apparmor(struct cvm_files *files)
{
    files->host->apparmor = in_force(files);
    if (files->host->apparmor != CVM_NO) {
        files->host->apparmor_dev_sev = may_open_device(files);
    }
}
