/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM211 to CVM222: the launch security element but for its policy. */
#include <stddef.h>
#include <string.h>

#include "model/policy.h"
#include "rules/rule.h"
#include "util/closest.h"
#include "util/i18n.h"

/* What libvirt knows in launchSecurity (domaincommon.rng), and for which kinds. */
static const struct launch_key {
    const char *name;
    unsigned guests;
    size_t offset; /* of its struct cvm_from in struct cvm_launch */
    /* Of a blob, decoded: AMD publications 55766 (certificate, session) and 56860; libvirt wants
     * these sizes exactly. 0 for what is no blob. */
    size_t size;
} launch_keys[] = {
#define KEY(member) offsetof(struct cvm_launch, member.from)
    { "type", CVM_GUEST_ANY, KEY(type), 0 },
    { "policy", CVM_GUEST_AMD, KEY(policy), 0 },
    { "kernelHashes", CVM_GUEST_AMD, KEY(kernel_hashes), 0 },
    { "authorKey", CVM_GUEST_SEV_SNP, KEY(author_key), 0 },
    { "vcek", CVM_GUEST_SEV_SNP, KEY(vcek), 0 },
    { "cbitpos", CVM_GUEST_AMD, KEY(cbitpos), 0 },
    { "reducedPhysBits", CVM_GUEST_AMD, KEY(reduced_phys_bits), 0 },
    { "dhCert", CVM_GUEST_LEGACY, KEY(dh_cert), 2084 },
    { "session", CVM_GUEST_LEGACY, KEY(session), 128 },
    { "guestVisibleWorkarounds", CVM_GUEST_SEV_SNP, KEY(guest_visible_workarounds), 16 },
    { "idBlock", CVM_GUEST_SEV_SNP, KEY(id_block), 96 },
    { "idAuth", CVM_GUEST_SEV_SNP, KEY(id_auth), 4096 },
    { "hostData", CVM_GUEST_SEV_SNP, KEY(host_data), 32 },
#undef KEY
};

/* Every value starts with its origin. */
static const struct cvm_from *
key_from(const struct cvm_check *check, const struct launch_key *key)
{
    return (const struct cvm_from *)((const char *)&check->domain->launch + key->offset);
}

/* Base64 as QEMU's qbase64_decode() takes it; GLib's decoder by itself skips what it does not know.
 * The caller's to g_free(); NULL when malformed. */
static guchar *
decode_strictly(const char *text, size_t *size)
{
    size_t length = strlen(text);
    size_t digits =
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    size_t padding = strspn(text + digits, "=");

    if (length == 0 || length % 4 != 0 || padding > 2 || digits + padding != length) {
        return NULL;
    }
    return g_base64_decode(text, size);
}

/* The bytes of a blob that has its size, NULL otherwise. */
static guchar *
decode_blob(const struct cvm_blob *blob, size_t size)
{
    size_t found = 0;
    g_autofree guchar *bytes = cvm_is_set(*blob) ? decode_strictly(blob->base64, &found) : NULL;

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

/* "snp", "SEV", "sev_snp": not near in letters, but plain to see. */
static const char *
guess_type(const char *text, const char *const *types)
{
    g_autofree char *word = g_strdelimit(g_ascii_strdown(text, -1), "_ ", '-');

    for (size_t i = 0; *word && types[i]; i++) {
        const char *dash = strchr(types[i], '-');

        if (g_str_equal(types[i], word) || (dash && g_str_equal(dash + 1, word))) {
            return types[i];
        }
    }
    return cvm_closest(text, types);
}

static void
check_type_unknown(struct cvm_check *check)
{
    const struct cvm_text *type = &check->domain->launch.type;
    static const char *const profile_types[] = { "sev", "sev-es", "sev-snp", "none", NULL };
    static const char *const libvirt_types[] = { "sev", "sev-snp", "s390-pv", "tdx", NULL };
    gboolean profile = check->domain->form == CVM_FORM_PROFILE;
    const char *const *types = profile ? profile_types : libvirt_types;
    const char *guess;
    struct cvm_finding *finding;

    if (!cvm_is_given(*type) || g_strv_contains(types, type->value)) {
        return;
    }
    guess = guess_type(type->value, types);
    finding = cvm_report(
        check, &type->from,
        profile
            ? _("'%s' is no type of guest that a profile describes.")
            : _("libvirt knows no launchSecurity of type '%s' and refuses the domain with 'Invalid "
                "value for attribute 'type' in element 'launchSecurity''."),
        type->value);
    if (!profile && g_ascii_strcasecmp(type->value, "sev-es") == 0) {
        cvm_fix(finding, _("Use type 'sev' with policy bit 2 set, '0x0007': that is SEV-ES."));
    } else if (guess) {
        cvm_fix(finding, _("Did you mean '%s'?"), guess);
    } else {
        g_autofree char *list = g_strjoinv("', '", (char **)types);

        cvm_fix(finding, _("Use one of '%s'."), list);
    }
}

static void
report_foreign_key(struct cvm_check *check, const struct launch_key *key,
                   const struct cvm_from *from)
{
    gboolean snp = key->guests == CVM_GUEST_SEV_SNP;
    struct cvm_finding *finding;

    finding =
        cvm_report(check, from,
                   snp ? _("'%1$s' belongs to SEV-SNP: in a %2$s guest libvirt drops it without a "
                           "word.")
                       : _("'%1$s' belongs to SEV and SEV-ES: in a %2$s guest libvirt drops it "
                           "without a word."),
                   key->name, cvm_guest_info(check->guest)->title);
    cvm_fix(finding, _("Remove '%1$s', or choose the type it belongs to."), key->name);
}

/* Which of the keys are attributes in XML; the others are elements. */
static const char *const launch_attributes[] = { "type", "kernelHashes", "authorKey", "vcek",
                                                 NULL };

static void
report_other_form(struct cvm_check *check, const struct cvm_node *node)
{
    gboolean element = node->kind == CVM_NODE_ELEMENT;
    const struct cvm_from place = { .node = node };

    cvm_fix(cvm_report(check, &place,
                       element ? _("'%s' is an attribute of launchSecurity; as an element libvirt "
                                   "drops it without a word.")
                               : _("'%s' is an element of launchSecurity; as an attribute libvirt "
                                   "drops it without a word."),
                       node->name),
            element ? _("Write it into the start tag, as %1$s='%2$s'.")
                    : _("Write it as an element, <%1$s>%2$s</%1$s>."),
            node->name, node->text ? node->text : "");
}

/* An element or attribute below launchSecurity that libvirt's parser never looks at. */
static void
check_xml_name(struct cvm_check *check, const struct cvm_node *node)
{
    const char *names[G_N_ELEMENTS(launch_keys) + 1] = { NULL };
    const struct cvm_from place = { .node = node };
    struct cvm_finding *finding;
    const char *closest;

    for (size_t i = 0; i < G_N_ELEMENTS(launch_keys); i++) {
        names[i] = launch_keys[i].name;
    }
    if (g_strv_contains(names, node->name)) {
        if (g_strv_contains(launch_attributes, node->name) != (node->kind == CVM_NODE_ATTRIBUTE)) {
            report_other_form(check, node);
        }
        return;
    }
    finding = cvm_report(check, &place,
                         _("libvirt knows no '%s' in launchSecurity and drops it without a word."),
                         node->name);
    closest = cvm_closest(node->name, names);
    if (closest) {
        cvm_fix(finding, _("Did you mean '%s'?"), closest);
    } else {
        cvm_fix(finding, _("Remove it."));
    }
}

/* <launchsecurity>, and a second <launchSecurity>. */
static void
check_xml_twins(struct cvm_check *check)
{
    const struct cvm_node *root = check->domain->from.node;
    unsigned seen = 0;

    for (const struct cvm_node *child = root ? root->children : NULL; child; child = child->next) {
        const struct cvm_from place = { .node = child };

        if (g_str_equal(child->name, "launchSecurity")) {
            if (++seen == 2) {
                cvm_fix(
                    cvm_report(
                        check, &place,
                        _("There is a second 'launchSecurity': libvirt reads one of them only.")),
                    _("Remove one of the two."));
            }
        } else if (g_ascii_strcasecmp(child->name, "launchSecurity") == 0) {
            cvm_fix(
                cvm_report(check, &place,
                           _("libvirt knows no element '%s' and drops it without a word: the guest "
                             "starts without protection."),
                           child->name),
                _("Write 'launchSecurity'."));
        }
    }
}

static void
check_element_unknown(struct cvm_check *check)
{
    const struct cvm_node *node = check->domain->launch.from.node;

    if (check->guest & CVM_GUEST_AMD) {
        for (size_t i = 0; i < G_N_ELEMENTS(launch_keys); i++) {
            const struct cvm_from *from = key_from(check, &launch_keys[i]);

            if ((from->origin == CVM_GIVEN || from->origin == CVM_INVALID) &&
                !(launch_keys[i].guests & check->guest)) {
                report_foreign_key(check, &launch_keys[i], from);
            }
        }
    }
    if (check->domain->form != CVM_FORM_XML) {
        return;
    }
    check_xml_twins(check);
    if (!(check->guest & CVM_GUEST_AMD) || !node) {
        return;
    }
    for (const struct cvm_node *child = node->children; child; child = child->next) {
        check_xml_name(check, child);
    }
    for (const struct cvm_node *child = node->attributes; child; child = child->next) {
        check_xml_name(check, child);
    }
}

/* QEMU decodes what belongs to SEV-SNP strictly: of white space its qbase64_decode() takes line
 * breaks alone. Certificate and session come to it in files, and there it skips all. */
static gboolean
has_blanks(const struct cvm_check *check, const struct cvm_blob *blob)
{
    const struct cvm_node *node = blob->from.node;

    return check->domain->form == CVM_FORM_XML && check->guest == CVM_GUEST_SEV_SNP && node &&
           node->text && strpbrk(node->text, " \t\r");
}

static void
check_blob(struct cvm_check *check, const struct launch_key *key)
{
    const struct cvm_blob *blob = (const struct cvm_blob *)(const void *)key_from(check, key);
    gboolean snp = check->guest == CVM_GUEST_SEV_SNP;
    g_autofree guchar *bytes = NULL;
    struct cvm_finding *finding;
    size_t size = 0;

    if (!cvm_is_set(*blob)) {
        return;
    }
    bytes = decode_strictly(blob->base64, &size);
    if (bytes && size == key->size) {
        if (has_blanks(check, blob)) {
            cvm_fix(cvm_report(check, &blob->from,
                               _("The base64 of '%s' has blanks in it, or around it: libvirt takes "
                                 "them, but QEMU ends with 'Base64 data contains invalid "
                                 "characters'."),
                               key->name),
                    _("Write it without blanks; line breaks do no harm."));
        }
        return;
    }
    if (!blob->file && looks_like_path(blob->base64)) {
        finding =
            cvm_report(check, &blob->from,
                       _("'%1$s' is '%2$s', which looks like a path: libvirt hands on the text "
                         "itself, and the firmware refuses it ('Buffer too small')."),
                       key->name, blob->base64);
        cvm_fix(finding,
                _("Write the file's content in base64; in a profile, '%1$s: {file: %2$s}'."),
                key->name, blob->base64);
    } else if (!bytes) {
        finding =
            cvm_report(check, &blob->from,
                       _("'%s' is no base64: QEMU refuses it when the guest starts."), key->name);
        cvm_fix(finding, _("Encode it with 'base64 -w0'."));
    } else {
        finding = cvm_report(
            check, &blob->from,
            snp ? _("'%1$s' holds %2$zu bytes instead of %3$zu: libvirt refuses the domain with "
                    "'Unexpected length of '%1$s''.")
                : _("'%1$s' holds %2$zu bytes instead of %3$zu: the SEV firmware refuses it when "
                    "the guest starts."),
            key->name, size, key->size);
        cvm_fix(finding,
                _("Make it anew with the tool that it is from, and encode all of it in base64."));
    }
}

static void
check_blobs(struct cvm_check *check)
{
    const struct cvm_problem *problem = check->domain->problems;

    for (; problem; problem = problem->next) {
        if (problem->kind == CVM_PROBLEM_BLOB) {
            cvm_report_problem(check, problem);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(launch_keys); i++) {
        if (launch_keys[i].size && launch_keys[i].guests & check->guest) {
            check_blob(check, &launch_keys[i]);
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

static void
check_session(struct cvm_check *check)
{
    const struct cvm_launch *launch = &check->domain->launch;

    check_pair(check, "dhCert", &launch->dh_cert, "session", &launch->session);
    check_pair(check, "session", &launch->session, "dhCert", &launch->dh_cert);
}

/* idAuth: the algorithm of the author key, u32 little-endian, 0 for none (AMD publication 56860,
 * "ID Authentication Information Structure"). */
#define ID_AUTH_SIZE 4096
#define ID_AUTH_AUTHOR_ALGORITHM 4

static void
check_id_block(struct cvm_check *check)
{
    const struct cvm_launch *launch = &check->domain->launch;
    g_autofree guchar *auth = decode_blob(&launch->id_auth, ID_AUTH_SIZE);
    gboolean author_key =
        auth && (auth[ID_AUTH_AUTHOR_ALGORITHM] || auth[ID_AUTH_AUTHOR_ALGORITHM + 1] ||
                 auth[ID_AUTH_AUTHOR_ALGORITHM + 2] || auth[ID_AUTH_AUTHOR_ALGORITHM + 3]);

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

static void
check_id_block_policy(struct cvm_check *check)
{
    const struct cvm_launch *launch = &check->domain->launch;
    g_autofree guchar *block = decode_blob(&launch->id_block, ID_BLOCK_SIZE);
    g_autofree char *signed_policy = NULL;
    g_autofree char *policy = NULL;
    uint64_t value = 0;

    if (!block || !cvm_is_set(launch->policy)) {
        return;
    }
    for (int i = 7; i >= 0; i--) {
        value = value << 8 | block[ID_BLOCK_POLICY + i];
    }
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

static void
check_hashes_without_kernel(struct cvm_check *check)
{
    const struct cvm_flag *hashes = &check->domain->launch.kernel_hashes;

    if (!cvm_is_on(*hashes) || !cvm_is_unset(check->domain->os.kernel)) {
        return;
    }
    if (check->guest == CVM_GUEST_SEV_SNP) {
        cvm_fix(
            cvm_report(check, &hashes->from,
                       _("'kernelHashes' is on, but there is no kernel to hash: QEMU aborts when a "
                         "SEV-SNP guest starts with an image made for kernel hashes.")),
            _("Turn 'kernelHashes' off, or boot the kernel directly ('os.kernel')."));
    } else {
        cvm_fix(cvm_report_as(
                    check, CVM_WARNING, &hashes->from,
                    _("'kernelHashes' is on, but there is no kernel to hash: it has no effect, and "
                      "what the guest boots from its disk is not measured.")),
                _("Turn 'kernelHashes' off, or boot the kernel directly ('os.kernel')."));
    }
}

static void
check_kernel_unmeasured(struct cvm_check *check)
{
    const struct cvm_text *kernel = &check->domain->os.kernel;
    const struct cvm_flag *hashes = &check->domain->launch.kernel_hashes;

    if (!cvm_is_set(*kernel) || cvm_is_on(*hashes) || hashes->from.origin == CVM_INVALID) {
        return;
    }
    cvm_fix(cvm_report(
                check, &kernel->from,
                _("Kernel '%s' is booted directly, but 'kernelHashes' is not on: the host may put "
                  "another kernel, initrd or command line in its place, and the launch measurement "
                  "does not tell."),
                kernel->value),
            _("Turn 'kernelHashes' on, with a firmware image made for it (OVMF's AmdSev build)."));
}

static void
check_cbitpos(struct cvm_check *check)
{
    const struct cvm_uint *cbitpos = &check->domain->launch.cbitpos;
    const struct cvm_domcaps *domcaps = &check->host->domcaps;

    if (!cvm_is_given(*cbitpos) || !check->host->has_domcaps || domcaps->sev != CVM_YES ||
        cbitpos->value == domcaps->cbitpos) {
        return;
    }
    cvm_fix(cvm_report(
                check, &cbitpos->from,
                _("The C-bit position is given as '%1$u', but the host's is '%2$u': QEMU ends with "
                  "'cbitpos check failed, host '%2$u' requested '%1$u''."),
                (unsigned)cbitpos->value, domcaps->cbitpos),
            _("Remove 'cbitpos': libvirt asks the host when the guest starts."));
}

static void
check_reduced_phys_bits(struct cvm_check *check)
{
    const struct cvm_uint *bits = &check->domain->launch.reduced_phys_bits;

    if (!cvm_is_given(*bits) || (bits->value >= 1 && bits->value <= 63)) {
        return;
    }
    cvm_fix(cvm_report(
                check, &bits->from,
                _("'reducedPhysBits' is '%u': QEMU ends with 'reduced_phys_bits check failed, it "
                  "should be in the range of 1 to 63'."),
                (unsigned)bits->value),
            _("Remove 'reducedPhysBits': libvirt asks the host when the guest starts."));
}

static void
check_not_kvm(struct cvm_check *check)
{
    const struct cvm_text *virt_type = &check->domain->virt_type;

    if (!cvm_is_set(*virt_type) || cvm_text_is(*virt_type, "kvm")) {
        return;
    }
    cvm_fix(cvm_report(check, &virt_type->from,
                       _("The virtualization type is '%1$s', but only KVM can start a %2$s guest."),
                       virt_type->value, cvm_guest_info(check->guest)->title),
            _("Use 'kvm'; to try the guest without SEV hardware, use launchSecurity type 'none' as "
              "well."));
}

const struct cvm_rule cvm_rules_launch[] = {
    { "CVM211", "type-unknown", CVM_SEVERE, 0, FALSE,
      N_("The type of launchSecurity is none that libvirt knows."), check_type_unknown },
    { "CVM212", "launch-element-unknown", CVM_SEVERE, 0, FALSE,
      N_("Something in launchSecurity is dropped by libvirt without a word."),
      check_element_unknown },
    { "CVM213", "blob-malformed", CVM_SEVERE, 0, FALSE,
      N_("A certificate, session, ID block or the like is no base64, a path, or of the wrong "
         "size."),
      check_blobs },
    { "CVM214", "session-incomplete", CVM_SEVERE, CVM_GUEST_LEGACY, FALSE,
      N_("The guest owner's certificate is given without the session, or the reverse."),
      check_session },
    { "CVM215", "id-block-incomplete", CVM_SEVERE, CVM_GUEST_SEV_SNP, FALSE,
      N_("ID block, ID authentication and author key do not come together."), check_id_block },
    { "CVM216", "id-block-policy", CVM_SEVERE, CVM_GUEST_SEV_SNP, FALSE,
      N_("The ID block was signed for another policy."), check_id_block_policy },
    { "CVM217", "kernel-hashes-without-kernel", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("Kernel hashes are asked for, but no kernel is booted directly."),
      check_hashes_without_kernel },
    { "CVM218", "kernel-unmeasured", CVM_WARNING, CVM_GUEST_AMD, FALSE,
      N_("A kernel is booted directly, and is not part of the launch measurement."),
      check_kernel_unmeasured },
    { "CVM219", "cbitpos-mismatch", CVM_SEVERE, CVM_GUEST_AMD, TRUE,
      N_("The C-bit position is not the host's."), check_cbitpos },
    { "CVM220", "reduced-phys-bits-mismatch", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("The reduction of physical address bits is outside what QEMU takes."),
      check_reduced_phys_bits },
    { "CVM222", "not-kvm", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("A confidential guest is to run without KVM."), check_not_kvm },
    { 0 },
};
