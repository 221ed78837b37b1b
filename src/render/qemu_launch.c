/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Launch security: QEMU's objects sev-guest and sev-snp-guest (qapi/qom.json). */
#include "render/qemu_parts.h"

gboolean
cvm_qemu_is_protected(const struct cvm_launch *launch)
{
    return !cvm_is_unset(*launch) && !cvm_text_is(launch->type, "none");
}

/* A blob that could not be read is as if it had not been asked for, once it is written: so nothing
 * is. */
static gboolean
is_unreadable(const struct cvm_from *from)
{
    return from->origin == CVM_INVALID;
}

/* QEMU's own defaults are weaker than what was asked for: without a policy SEV's is 0x1, without
 * an ID block any launch is welcome. What is not all known is not written, and a machine that is
 * tied to an object that does not exist does not start. */
static gboolean
is_complete(const struct cvm_launch *launch)
{
    const struct cvm_from *const values[] = {
        &launch->from,         &launch->kernel_hashes.from, &launch->author_key.from,
        &launch->vcek.from,    &launch->cbitpos.from,       &launch->reduced_phys_bits.from,
        &launch->dh_cert.from, &launch->session.from,       &launch->id_block.from,
        &launch->id_auth.from, &launch->host_data.from,     &launch->guest_visible_workarounds.from,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        if (is_unreadable(values[i])) {
            return FALSE;
        }
    }
    return launch->guest & CVM_GUEST_AMD && cvm_is_set(launch->policy) &&
           cvm_is_set(launch->cbitpos) && cvm_is_set(launch->reduced_phys_bits);
}

static void
set_blob(json_t *object, const char *key, const struct cvm_blob *blob)
{
    if (cvm_is_set(*blob)) {
        cvm_qemu_set(object, key, blob->base64);
    }
}

/* QEMU reads these two from files, in base64 (sev_read_file_base64). */
static void
set_blob_file(struct cvm_qemu *qemu, json_t *object, const char *key, const char *name,
              const struct cvm_blob *blob)
{
    if (cvm_is_set(*blob)) {
        const char *path = cvm_qemu_run_path(qemu, name);

        cvm_qemu_make_file(qemu, path, blob->base64);
        cvm_qemu_set(object, key, path);
    }
}

static void
add_sev(struct cvm_qemu *qemu, json_t *object, const struct cvm_launch *launch)
{
    cvm_qemu_set_uint_value(object, "policy", &launch->policy);
    set_blob_file(qemu, object, "dh-cert-file", "dh_cert.base64", &launch->dh_cert);
    set_blob_file(qemu, object, "session-file", "session.base64", &launch->session);
    cvm_qemu_set_flag_value(object, "kernel-hashes", &launch->kernel_hashes);
}

static void
add_snp(json_t *object, const struct cvm_launch *launch)
{
    cvm_qemu_set_flag_value(object, "kernel-hashes", &launch->kernel_hashes);
    cvm_qemu_set_uint_value(object, "policy", &launch->policy);
    set_blob(object, "guest-visible-workarounds", &launch->guest_visible_workarounds);
    set_blob(object, "id-block", &launch->id_block);
    set_blob(object, "id-auth", &launch->id_auth);
    set_blob(object, "host-data", &launch->host_data);
    cvm_qemu_set_flag_value(object, "author-key-enabled", &launch->author_key);
    if (cvm_is_set(launch->vcek)) {
        cvm_qemu_set_flag(object, "vcek-disabled", !launch->vcek.value);
    }
}

void
cvm_qemu_launch(struct cvm_qemu *qemu, const char *id)
{
    const struct cvm_launch *launch = &qemu->domain->launch;
    gboolean snp = launch->guest == CVM_GUEST_SEV_SNP;
    json_t *object;

    if (!cvm_qemu_is_protected(launch) || !is_complete(launch)) {
        return;
    }
    object = cvm_qemu_object(snp ? "sev-snp-guest" : "sev-guest", "%s", id);
    cvm_qemu_set_uint_value(object, "cbitpos", &launch->cbitpos);
    cvm_qemu_set_uint_value(object, "reduced-phys-bits", &launch->reduced_phys_bits);
    if (snp) {
        add_snp(object, launch);
    } else {
        add_sev(qemu, object, launch);
    }
    cvm_qemu_add_json(qemu, "-object", object);
    cvm_qemu_need_device(qemu, "/dev/sev", TRUE);
}
