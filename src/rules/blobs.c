/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM213 to CVM216: certificate, session, ID block and what else stands in launchSecurity in
 * base64.
 */
#include "rules/launch.h"

#include <stddef.h>
#include <string.h>

#include "model/policy.h"
#include "util/base64.h"
#include "util/bytes.h"
#include "util/i18n.h"

static const struct blob {
    const char *name;
    unsigned guests;
    size_t offset; /* in struct cvm_launch */
    /* Decoded: AMD publications 55766 (certificate, session) and 56860; libvirt wants the sizes of
     * SEV-SNP's exactly. */
    size_t size;
} blobs[] = {
    { "dhCert", CVM_GUEST_LEGACY, offsetof(struct cvm_launch, dh_cert), 2084 },
    { "session", CVM_GUEST_LEGACY, offsetof(struct cvm_launch, session), 128 },
    { "guestVisibleWorkarounds", CVM_GUEST_SEV_SNP,
      offsetof(struct cvm_launch, guest_visible_workarounds), 16 },
    { "idBlock", CVM_GUEST_SEV_SNP, offsetof(struct cvm_launch, id_block), 96 },
    { "idAuth", CVM_GUEST_SEV_SNP, offsetof(struct cvm_launch, id_auth), 4096 },
    { "hostData", CVM_GUEST_SEV_SNP, offsetof(struct cvm_launch, host_data), 32 },
};

/* The bytes of a blob that has its size, NULL otherwise. */
static guchar *
decode_blob(const struct cvm_blob *blob, size_t size)
{
    size_t found = 0;
    g_autofree guchar *bytes = cvm_is_set(*blob) ? cvm_base64_decode(blob->base64, &found) : NULL;

    return bytes && found == size ? g_steal_pointer(&bytes) : NULL;
}

static gboolean
looks_like_path(const char *text)
{
    static const char *const suffixes[] = { ".pem", ".cert",   ".crt", ".bin",
                                            ".b64", ".base64", ".txt" };

    for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        if (g_str_has_suffix(text, suffixes[i])) {
            return TRUE;
        }
    }
    return strlen(text) < 256 && (strchr("/.~", *text) && *text);
}

/* QEMU's qbase64_decode() (util/base64.c) takes line breaks, but no other white space, and is given
 * what stands in the XML as it stands there. */
static gboolean
has_blanks(const struct cvm_check *check, const struct cvm_blob *blob)
{
    const char *text = blob->from.node ? blob->from.node->text : NULL;

    return check->domain->form == CVM_FORM_XML && check->guest == CVM_GUEST_SEV_SNP && text &&
           strpbrk(text, " \t\r");
}

static void
report_path(struct cvm_check *check, const struct blob *kind, const struct cvm_blob *blob)
{
    struct cvm_finding *finding =
        cvm_report(check, &blob->from,
                   check->guest == CVM_GUEST_SEV_SNP
                       ? _("'%1$s' is '%2$s', which looks like a path: libvirt takes the text "
                           "itself for the content, and refuses the domain for its length.")
                       : _("'%1$s' is '%2$s', which looks like a path: libvirt hands on the text "
                           "itself, and the firmware refuses it ('Buffer too small')."),
                   kind->name, blob->base64);

    if (check->domain->form == CVM_FORM_XML) {
        cvm_fix(finding,
                _("Write the content of that file, in base64, between '<%1$s>' and "
                  "'</%1$s>'."),
                kind->name);
    } else {
        cvm_fix(finding, _("Write '%1$s: {file: %2$s}', or the file's content in base64."),
                kind->name, blob->base64);
    }
}

static void
report_size(struct cvm_check *check, const struct blob *kind, const struct cvm_blob *blob,
            size_t size)
{
    gboolean snp = check->guest == CVM_GUEST_SEV_SNP;

    cvm_fix(
        cvm_report(
            check, &blob->from,
            snp ? _("'%1$s' holds %2$zu bytes instead of %3$zu: libvirt refuses the domain with "
                    "'Unexpected length of '%1$s''.")
                : _("'%1$s' holds %2$zu bytes instead of %3$zu: the SEV firmware refuses it "
                    "when the guest starts."),
            kind->name, size, kind->size),
        _("Make it anew with the tool that it is from, and encode all of it in base64."));
}

static void
check_blob(struct cvm_check *check, const struct blob *kind)
{
    const struct cvm_blob *blob = G_STRUCT_MEMBER_P(&check->domain->launch, kind->offset);
    size_t size;

    if (!cvm_is_set(*blob)) {
        return;
    }
    size = cvm_base64_size(blob->base64);
    if (!blob->file && size != kind->size && looks_like_path(blob->base64)) {
        report_path(check, kind, blob);
    } else if (size == 0) {
        cvm_fix(cvm_report(check, &blob->from,
                           check->guest == CVM_GUEST_SEV_SNP
                               ? _("'%s' is no base64: libvirt refuses the domain for its length, "
                                   "or QEMU ends with 'Base64 data contains invalid characters'.")
                               : _("'%s' is no base64: QEMU hands on what it can read of it, and "
                                   "the SEV firmware refuses that when the guest starts."),
                           kind->name),
                _("Encode it with 'base64 -w0'."));
    } else if (size != kind->size) {
        report_size(check, kind, blob, size);
    } else if (has_blanks(check, blob)) {
        cvm_fix(cvm_report(check, &blob->from,
                           _("There are blanks in or around the base64 of '%s': libvirt hands them "
                             "on, and QEMU ends with 'Base64 data contains invalid characters'."),
                           kind->name),
                _("Write it without blanks; line breaks do no harm."));
    }
}

void
cvm_check_blobs(struct cvm_check *check)
{
    const struct cvm_problem *problem = check->domain->problems;

    for (; problem; problem = problem->next) {
        if (problem->kind == CVM_PROBLEM_BLOB) {
            cvm_report_problem(check, problem);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(blobs); i++) {
        if (blobs[i].guests & check->guest) {
            check_blob(check, &blobs[i]);
        }
    }
}

/* Reports the one that is there when the other is not. */
static void
check_pair(struct cvm_check *check, const char *name, const struct cvm_blob *blob,
           const char *other_name, const struct cvm_blob *other)
{
    if (cvm_is_set(*blob) && cvm_is_unset(*other)) {
        cvm_fix(cvm_report(
                    check, &blob->from,
                    _("'%1$s' is given without '%2$s': the SEV firmware needs both, and refuses to "
                      "launch the guest."),
                    name, other_name),
                _("Give '%1$s' from the same run of the tool that made '%2$s', or neither."),
                other_name, name);
    }
}

void
cvm_check_session(struct cvm_check *check)
{
    const struct cvm_launch *launch = &check->domain->launch;

    check_pair(check, "dhCert", &launch->dh_cert, "session", &launch->session);
    check_pair(check, "session", &launch->session, "dhCert", &launch->dh_cert);
}

/* idAuth: the algorithm of the author key, u32 little-endian, 0 for none (AMD publication 56860,
 * "ID Authentication Information Structure"). */
#define ID_AUTH_SIZE 4096
#define ID_AUTH_AUTHOR_ALGORITHM 4

void
cvm_check_id_block(struct cvm_check *check)
{
    const struct cvm_launch *launch = &check->domain->launch;
    g_autofree guchar *auth = decode_blob(&launch->id_auth, ID_AUTH_SIZE);
    gboolean author_key = auth && cvm_get_u32(auth + ID_AUTH_AUTHOR_ALGORITHM) != 0;

    check_pair(check, "idBlock", &launch->id_block, "idAuth", &launch->id_auth);
    check_pair(check, "idAuth", &launch->id_auth, "idBlock", &launch->id_block);
    if (cvm_is_on(launch->author_key) && (cvm_is_unset(launch->id_auth) || (auth && !author_key))) {
        cvm_fix(cvm_report(
                    check, &launch->author_key.from,
                    cvm_is_unset(launch->id_auth)
                        ? _("'authorKey' is on, but there is no 'idAuth' that could hold an author "
                            "key: the SEV firmware refuses to launch the guest.")
                        : _("'authorKey' is on, but 'idAuth' holds no author key (its algorithm at "
                            "offset 4 is 0): the SEV firmware refuses to launch the guest.")),
                _("Turn 'authorKey' off, or sign the ID key with an author key."));
    } else if (author_key && !cvm_is_on(launch->author_key) &&
               launch->author_key.from.origin != CVM_INVALID) {
        cvm_fix(
            cvm_report_as(check, CVM_WARNING, &launch->id_auth.from,
                          _("'idAuth' holds an author key, but 'authorKey' is not on: the guest "
                            "starts, and its attestation report says nothing of that key.")),
            _("Set 'authorKey' to yes."));
    }
}

/* idBlock: the policy, u64 little-endian (AMD publication 56860, "ID Block Structure"). */
#define ID_BLOCK_SIZE 96
#define ID_BLOCK_POLICY 0x58

void
cvm_check_id_block_policy(struct cvm_check *check)
{
    const struct cvm_launch *launch = &check->domain->launch;
    g_autofree guchar *block = decode_blob(&launch->id_block, ID_BLOCK_SIZE);
    g_autofree char *signed_policy = NULL;
    g_autofree char *policy = NULL;
    uint64_t value;

    if (!block || !cvm_is_set(launch->policy)) {
        return;
    }
    value = cvm_get_u64(block + ID_BLOCK_POLICY);
    if (value == launch->policy.value) {
        return;
    }
    signed_policy = cvm_policy_format(check->guest, value);
    policy = cvm_policy_format(check->guest, launch->policy.value);
    cvm_fix(
        cvm_report(
            check, &launch->id_block.from,
            _("The ID block was signed for policy '%1$s', but the guest's policy is '%2$s': the "
              "launch fails at its end (SNP_LAUNCH_FINISH ret=-5)."),
            signed_policy, policy),
        _("Use policy '%1$s', or sign an ID block for '%2$s'."), signed_policy, policy);
}
