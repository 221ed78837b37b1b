/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a YAML file that nobody named, but that lies in a folder, is a profile: folders also hold
 * manifests, workflows and inventories. Only lines are looked at, since a file that is broken, or a
 * template of something else, has to be told apart too. */
#include <string.h>

#include "read/cursor.h"
#include "read/profile_fields.h"
#include "read/read.h"
#include "util/closest.h"

enum { KEYS_MAX = 100 /* of a document that are compared: a profile has 20 */ };

struct tally {
    gboolean decided;        /* by launchSecurity or extends */
    gboolean other;          /* by a key that others have */
    unsigned keys;           /* at the top level */
    unsigned known, telling; /* of a profile; such as hardly any other file has */
};

/* Near misses count: a misspelt profile is to be checked, not skipped. */
static const char *const deciding[] = { "launchSecurity", "extends", NULL };
static const char *const common[] = { "name", "title", "description", "metadata", "host", NULL };
static const char *const foreign[] = { "apiVersion", "kind", NULL }; /* Kubernetes' */

static void
count_key(struct tally *tally, const char *key)
{
    gboolean known = cvm_field_find(&cvm_profile_table, key) != NULL;

    tally->keys++;
    tally->known += known;
    tally->telling += known && !g_strv_contains(common, key);
    tally->decided |= tally->keys <= KEYS_MAX && cvm_closest(key, deciding) != NULL;
    tally->other |= g_strv_contains(foreign, key);
}

static gboolean
is_profile(const struct tally *tally)
{
    return tally->decided || (!tally->other && tally->telling > 0 && tally->known > 1 &&
                              2 * tally->known >= tally->keys);
}

/* The key that a line begins with; NULL when there is none, or an overlong one. */
static const char *
take_key(const char *line, const char *end, char *key, size_t size)
{
    const char *start = line + (*line == '"' || *line == '\'');
    const char *at = start;

    while (at < end && (g_ascii_isalnum(*at) || strchr("_.-", *at))) {
        at++;
    }
    if (at == start || (size_t)(at - start) >= size) {
        return NULL;
    }
    memcpy(key, start, (size_t)(at - start));
    key[at - start] = '\0';
    at += start > line && at < end && *at == *line;
    while (at < end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    return at < end && *at == ':' ? key : NULL;
}

/* "{name: db, …}": what is in it takes a parser, so any mention will do. */
static gboolean
is_flow_profile(const char *line, const char *end)
{
    return g_strstr_len(line, end - line, "launchSecurity") ||
           g_strstr_len(line, end - line, "extends") || g_strstr_len(line, end - line, "memory");
}

gboolean
cvm_profile_is_likely(const char *data, size_t size)
{
    const char *end = data + size, *next;
    struct tally tally = { 0 };
    size_t indent = G_MAXSIZE; /* of the top level */
    char key[64];

    if (size >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0)) {
        return TRUE; /* UTF-16: the reader will say so */
    }
    for (const char *line = cvm_skip_byte_order_mark(data, end); line < end; line = next) {
        const char *stop = memchr(line, '\n', (size_t)(end - line)), *at = line;

        next = stop ? stop + 1 : end;
        stop = stop ? stop : end;
        if (stop - line >= 3 && memcmp(line, "---", 3) == 0) {
            if (is_profile(&tally)) {
                return TRUE;
            }
            tally = (struct tally){ 0 };
            indent = G_MAXSIZE;
            continue;
        }
        while (at < stop && *at == ' ') {
            at++;
        }
        if (at == stop || *at == '#' || *at == '%' || *at == '\r') {
            continue;
        }
        if (*at == '{' && indent == G_MAXSIZE && is_flow_profile(at, end)) {
            return TRUE;
        }
        indent = MIN(indent, (size_t)(at - line));
        if ((size_t)(at - line) == indent && take_key(at, stop, key, sizeof key)) {
            count_key(&tally, key);
        }
    }
    return is_profile(&tally);
}
