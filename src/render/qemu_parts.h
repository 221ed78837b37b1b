/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pieces that the frame of QEMU's command line is put together from. */
#ifndef CVM_RENDER_QEMU_PARTS_H
#define CVM_RENDER_QEMU_PARTS_H

#include "render/qemu.h"

gboolean
cvm_qemu_is_i440fx(const struct cvm_domain *domain);
/* A variable store of its own is loaded beside the firmware. */
gboolean
cvm_qemu_has_nvram(const struct cvm_os *os);

/* qemu_memory.c: -m, its back end and -overcommit; the same of NUMA cells. */
void
cvm_qemu_memory(struct cvm_qemu *qemu);
void
cvm_qemu_cells(struct cvm_qemu *qemu);
/* What the process itself is held to: its limit of locked memory, processors, nodes. */
void
cvm_qemu_place_process(struct cvm_qemu *qemu);

/* qemu_launch.c: protection is asked for, even if not understood; and the object that the machine's
 * confidential-guest-support names. */
gboolean
cvm_qemu_is_protected(const struct cvm_launch *launch);
void
cvm_qemu_launch(struct cvm_qemu *qemu, const char *id);

/* ---- qemu.c: what the forms share ---- */

/* Comment lines: whose command line it is. */
void
cvm_qemu_append_heading(const struct cvm_qemu *qemu, GString *out);
/* The file is there before QEMU starts, or is made. */
gboolean
cvm_qemu_is_made(const struct cvm_qemu *qemu, const char *path);
/* How the process is to take its memory from qemu->nodes, in numactl's words: "membind"; NULL:
 * as it likes. */
const char *
cvm_qemu_numactl_option(const struct cvm_qemu *qemu);
/* A word as a POSIX shell reads it (qemu_script.c). */
void
cvm_qemu_append_shell_word(GString *out, const char *word);

#endif
