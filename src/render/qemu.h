/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU's command line for a domain, and what must be there or run beside it: built once, then
 * written as a shell script, as plain arguments or as a systemd unit. */
#ifndef CVM_RENDER_QEMU_H
#define CVM_RENDER_QEMU_H

#include <jansson.h>

#include "model/domain.h"
#include "model/host.h"
#include "model/layout.h"
#include "util/auto.h"

/* One option of the command line. */
struct cvm_qemu_option {
    char *name;  /* "-object" */
    char *value; /* NULL for an option without one */
};

/* A file or device that QEMU opens: looked for before the start, and let through by the unit. */
struct cvm_qemu_file {
    char *path;
    gboolean writable;
    gboolean device; /* a device node: DeviceAllow= of the unit */
};

/* A file that is there before QEMU starts: copied once where it is missing, or written anew. */
struct cvm_qemu_made {
    char *path;
    char *template; /* copied from here unless the file exists; NULL: */
    char *content;  /* written each time */
};

/* A program that QEMU talks to over a socket: it runs as long as QEMU does. */
struct cvm_qemu_beside {
    GPtrArray *command; /* of char * */
    char *socket;       /* is there once the program can be talked to */
};

struct cvm_qemu {
    const struct cvm_domain *domain;
    const struct cvm_host *host; /* may be NULL */
    const char *emulator;        /* its path */
    char *run_folder;            /* of this guest, for sockets: gone after it ends */
    char *state_folder;          /* of this guest: kept */
    GPtrArray *options;          /* of struct cvm_qemu_option */
    GPtrArray *files;            /* of struct cvm_qemu_file */
    GPtrArray *made;             /* of struct cvm_qemu_made */
    GPtrArray *folders;          /* of char *: made before anything else, only for the user */
    GPtrArray *beside;           /* of struct cvm_qemu_beside */
    const char *timezone;        /* of TZ in the environment; NULL: as it is */
    uint64_t locked_memory;      /* bytes that must be allowed; G_MAXUINT64: any number; 0: none */
    char *processors;            /* where all threads may run, "0-3,8"; NULL: anywhere */
    const char *nodes;           /* whose memory the process takes; NULL: any */
    const char *nodes_mode;      /* numatune's mode */
    gboolean starts_programs;    /* QEMU itself starts a helper that gains privileges: a bridge's */
    struct cvm_layout *layout;   /* where the devices are */
    gboolean has_floppies;       /* and a controller for them */
    GPtrArray *texts;            /* of char *: what is lent */
};

/* The command line of a resolved domain; host may be NULL. Never NULL. */
struct cvm_qemu *
cvm_qemu_new(const struct cvm_domain *domain, const struct cvm_host *host);
void
cvm_qemu_free(struct cvm_qemu *qemu);
CVM_DEFINE_AUTO(qemu)
/* The emulator's path and all words of the command line behind it, ended by NULL: one block, which
 * is the caller's to free(). */
char **
cvm_qemu_arguments(const struct cvm_domain *domain, const struct cvm_host *host);

/* Appends an option. The value is a printf format, in which what comes from the domain has been
 * through cvm_qemu_escape(). */
void
cvm_qemu_add(struct cvm_qemu *qemu, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* One without a value. */
void
cvm_qemu_add_flag(struct cvm_qemu *qemu, const char *name);
/* One whose value is JSON: properties in the order in which they were set. Frees the object. */
void
cvm_qemu_add_json(struct cvm_qemu *qemu, const char *name, json_t *object);

/* {"qom-type": type, "id": id} to go on with; format as of printf. */
json_t *
cvm_qemu_object(const char *type, const char *id, ...) G_GNUC_PRINTF(2, 3);
/* {"driver": driver} */
json_t *
cvm_qemu_driver(const char *driver);
/* Set a property; those whose values are not set set none. */
void
cvm_qemu_set(json_t *object, const char *key, const char *text);
void
cvm_qemu_set_format(json_t *object, const char *key, const char *format, ...) G_GNUC_PRINTF(3, 4);
void
cvm_qemu_set_uint(json_t *object, const char *key, uint64_t value);
void
cvm_qemu_set_flag(json_t *object, const char *key, gboolean value);
void
cvm_qemu_set_text_value(json_t *object, const char *key, const struct cvm_text *value);
void
cvm_qemu_set_uint_value(json_t *object, const char *key, const struct cvm_uint *value);
void
cvm_qemu_set_flag_value(json_t *object, const char *key, const struct cvm_flag *value);

/* Text as a value of key=value,key=value: commas doubled; the caller's to g_free(). */
char *
cvm_qemu_escape(const char *text);

/* Paths below the guest's own folders, borrowed: "/run/cvmdom/db/monitor.sock". */
const char *
cvm_qemu_run_path(struct cvm_qemu *qemu, const char *name);
const char *
cvm_qemu_state_path(struct cvm_qemu *qemu, const char *name);

/* What QEMU opens; the same path twice counts once, writable if one of them is. */
void
cvm_qemu_need_file(struct cvm_qemu *qemu, const char *path, gboolean writable);
void
cvm_qemu_need_device(struct cvm_qemu *qemu, const char *path, gboolean writable);
/* The folder of a file or socket that QEMU makes itself. */
void
cvm_qemu_need_folder_of(struct cvm_qemu *qemu, const char *path);
/* What is made before the start. */
void
cvm_qemu_make_folder(struct cvm_qemu *qemu, const char *path);
void
cvm_qemu_make_copy(struct cvm_qemu *qemu, const char *path, const char *template);
void
cvm_qemu_make_file(struct cvm_qemu *qemu, const char *path, const char *content);
/* A program that is to run beside; its words up to a NULL, copied. */
void
cvm_qemu_run_beside(struct cvm_qemu *qemu, const char *socket, const char *const *command);
/* swtpm for an emulated TPM: the socket that QEMU's chardev connects to, borrowed. */
const char *
cvm_qemu_run_swtpm(struct cvm_qemu *qemu, const struct cvm_tpm *tpm);

/* ---- qemu_frame.c ---- */

/* The options before the devices' and behind them. */
void
cvm_qemu_frame(struct cvm_qemu *qemu);
void
cvm_qemu_frame_end(struct cvm_qemu *qemu);

/* ---- qemu_devices.c ---- */

/* Appends controllers, back ends and devices. */
void
cvm_qemu_devices(struct cvm_qemu *qemu);

#endif
