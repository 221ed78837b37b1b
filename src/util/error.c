/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/error.h"

#include <stdarg.h>

static void
cvm_error_private_init(CvmErrorPrivate *place)
{
    place->file = NULL;
}

static void
cvm_error_private_copy(const CvmErrorPrivate *from, CvmErrorPrivate *to)
{
    to->file = g_strdup(from->file);
    to->line = from->line;
    to->column = from->column;
}

static void
cvm_error_private_clear(CvmErrorPrivate *place)
{
    g_free(place->file);
}

G_DEFINE_EXTENDED_ERROR(CvmError, cvm_error)

const CvmErrorPrivate *
cvm_error_place(const GError *error)
{
    return cvm_error_get_private(error);
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
    place = cvm_error_get_private(*error);
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
