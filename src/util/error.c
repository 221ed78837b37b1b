/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/error.h"

#include <stdarg.h>

/* G_DEFINE_EXTENDED_ERROR by hand: a process holds this file several times, in the library and in
 * the command, but GLib takes a domain only once. Any copy's functions will do. */
#define DOMAIN "cvmdom-error"

/* GLib puts what belongs to an extended error before it, aligned as g_type_create_instance() does.
 */
static CvmErrorPrivate *
find_place(const GError *error)
{
    const gsize unit = 2 * sizeof(gsize);
    const gsize size = (sizeof(CvmErrorPrivate) + unit - 1) / unit * unit;

    return (CvmErrorPrivate *)(void *)((char *)(void *)error - size);
}

static void
init_place(GError *error)
{
    *find_place(error) = (CvmErrorPrivate){ 0 };
}

static void
copy_place(const GError *from, GError *to)
{
    *find_place(to) = *find_place(from);
    find_place(to)->file = g_strdup(find_place(from)->file);
}

static void
clear_place(GError *error)
{
    g_free(find_place(error)->file);
}

GQuark
cvm_error_quark(void)
{
    static gsize initialized;

    if (g_once_init_enter(&initialized)) {
        GQuark quark = g_quark_try_string(DOMAIN);

        if (!quark) {
            quark = g_error_domain_register_static(DOMAIN, sizeof(CvmErrorPrivate), init_place,
                                                   copy_place, clear_place);
        }
        g_once_init_leave(&initialized, quark);
    }
    return (GQuark)initialized;
}

const CvmErrorPrivate *
cvm_error_place(const GError *error)
{
    return find_place(error);
}

static int
set_error(GError **error, enum cvm_error_code code, const char *file, unsigned line,
          unsigned column, const char *format, va_list args)
{
    CvmErrorPrivate *place;

    if (!error) {
        return -1;
    }
    *error = g_error_new_valist(CVM_ERROR, (int)code, format, args);
    place = find_place(*error);
    place->file = g_strdup(file);
    place->line = line;
    place->column = column;
    return -1;
}

int
cvm_error_set(GError **error, enum cvm_error_code code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_error(error, code, NULL, 0, 0, format, args);
    va_end(args);
    return -1;
}

int
cvm_error_set_at(GError **error, enum cvm_error_code code, const char *file, unsigned line,
                 unsigned column, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_error(error, code, file, line, column, format, args);
    va_end(args);
    return -1;
}
