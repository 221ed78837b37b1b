/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of a machine tell. */
#include "capture/capture.h"
#include "util/error.h"
#include "util/i18n.h"

int
cvm_record_add_files(struct cvm_record *record G_GNUC_UNUSED, const char *root, GError **error)
{
    if (!g_file_test(root, G_FILE_TEST_IS_DIR)) {
        return cvm_error_set(error, CVM_ERROR_IO, _("'%s' is no folder"), root);
    }
    return 0;
}
