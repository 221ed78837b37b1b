/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM820 to CVM839: what a profile asks for and KubeVirt is not given, since it has no words for
 * it, or would refuse. Most of it is the table of keys (target_kubevirt_keys.c, …_devices.c). */
#include "rules/target_kubevirt.h"

#include <string.h>

#include "model/kubevirt.h"
#include "model/policy.h"
#include "util/i18n.h"
#include "util/quote.h"

/* ---- the table of keys ---- */

static gboolean
can_be_said(const struct cvm_kubevirt_key *key, const struct cvm_kubevirt_value *value)
{
    const struct cvm_flag *flag = (const struct cvm_flag *)value->value;
    const struct cvm_text *text = (const struct cvm_text *)value->value;

    switch (key->how) {
    case CVM_KUBEVIRT_WORDS:
        return g_strv_contains(key->words, text->value);
    case CVM_KUBEVIRT_JUDGED:
        return key->fits(value);
    case CVM_KUBEVIRT_SAID:
        return FALSE;
    case CVM_KUBEVIRT_ON:
        return !flag->value;
    case CVM_KUBEVIRT_OFF:
        return flag->value;
    default:
        return TRUE;
    }
}

/* "offset" of "clock.offset": what is written at the place of the finding. */
static const char *
last_part(const char *key)
{
    const char *dot = strrchr(key, '.');

    return dot ? dot + 1 : key;
}

static void
report_words(struct cvm_check *check, const struct cvm_kubevirt_key *key,
             const struct cvm_text *text)
{
    g_autofree char *words = g_strjoinv("', '", (char **)key->words);
    CVM_AUTO(arena) *arena = cvm_arena_new();

    cvm_report_as(check, key->severity, &text->from,
                  _("KubeVirt's API cannot say '%1$s' for '%2$s'; what it can is '%3$s'."),
                  cvm_quote(arena, text->value), last_part(key->key), words);
}

/* What nobody gave is a default, which KubeVirt's own stands in for. */
static void
check_key(struct cvm_check *check, const struct cvm_kubevirt_key *key, const struct cvm_list *list,
          const void *item)
{
    const struct cvm_kubevirt_value value = {
        .check = check,
        .list = list,
        .item = item,
        .value = G_STRUCT_MEMBER_P(item, key->offset),
    };

    if (g_strcmp0(key->rule, check->rule->id) != 0 || value.value->origin != CVM_GIVEN ||
        can_be_said(key, &value)) {
        return;
    }
    if (key->why) {
        cvm_report_as(check, key->severity, value.value, "%s", _(key->why));
    } else if (key->how == CVM_KUBEVIRT_WORDS) {
        report_words(check, key, (const struct cvm_text *)value.value);
    } else {
        cvm_report_as(check, key->severity, value.value,
                      _("KubeVirt's API has no word for '%s': the guest comes up without it."),
                      last_part(key->key));
    }
}

static void
check_section(struct cvm_check *check, const struct cvm_kubevirt_section *section)
{
    const struct cvm_list *list = G_STRUCT_MEMBER_P(check->domain, section->list);

    for (const struct cvm_kubevirt_key *key = section->keys; key->key; key++) {
        if (section->size == 0) {
            check_key(check, key, NULL, check->domain);
            continue;
        }
        for (unsigned i = 0; i < list->count; i++) {
            check_key(check, key, list, (const char *)list->items + i * section->size);
        }
    }
}

/* Profiles are rendered, and domain XML is not: CVM838 says so. */
static gboolean
is_profile(const struct cvm_check *check)
{
    return check->domain->form == CVM_FORM_PROFILE;
}

static void
check_keys(struct cvm_check *check)
{
    for (const struct cvm_kubevirt_section *section = cvm_kubevirt_sections;
         is_profile(check) && section->path; section++) {
        check_section(check, section);
    }
}

/* ---- 821 kubevirt-policy ---- */

/* Bits that give something away when they are set; all others withhold it. */
#define SNP_GIVES_AWAY                                                                             \
    (CVM_SNP_POLICY_SMT | CVM_SNP_POLICY_MIGRATE_MA | CVM_SNP_POLICY_DEBUG |                       \
     CVM_SNP_POLICY_CXL_ALLOW)

static gboolean
is_stricter(enum cvm_guest guest, uint64_t policy, uint64_t than)
{
    uint64_t gives_away = guest == CVM_GUEST_SEV_SNP ? SNP_GIVES_AWAY : 0;

    return (policy & ~than & ~gives_away) || (than & ~policy & gives_away);
}

static void
report_policy(struct cvm_check *check, uint64_t theirs)
{
    const struct cvm_uint *policy = &check->domain->launch.policy;
    const char *title = cvm_guest_info(check->guest)->title;
    g_autofree char *ours_said = cvm_policy_names(check->guest, policy->value);
    g_autofree char *theirs_said = cvm_policy_names(check->guest, theirs);
    struct cvm_finding *finding;

    if (cvm_kubevirt_is_attested(check->domain)) {
        finding = cvm_report(check, &policy->from,
                             _("The launch session was made for the policy '%1$s', but KubeVirt "
                               "starts each %2$s guest with '%3$s': the firmware refuses to start "
                               "it."),
                             ours_said, title, theirs_said);
    } else if (!is_stricter(check->guest, policy->value, theirs)) {
        finding = cvm_report_as(check, CVM_WARNING, &policy->from,
                                _("KubeVirt starts each %1$s guest with the policy '%2$s', which "
                                  "withholds what '%3$s' allows, and is measured in its place."),
                                title, theirs_said, ours_said);
    } else {
        finding =
            cvm_report_as(check, cvm_is_given(*policy) ? CVM_SEVERE : CVM_WARNING, &policy->from,
                          _("The policy '%1$s' cannot be asked for: KubeVirt starts each %2$s "
                            "guest with '%3$s', which protects it less."),
                          ours_said, title, theirs_said);
    }
    cvm_fix(finding, _("Write 'policy: 0x%llx' if that is enough for this guest."),
            (unsigned long long)theirs);
}

static void
check_policy(struct cvm_check *check)
{
    const struct cvm_uint *policy = &check->domain->launch.policy;
    uint64_t theirs = cvm_kubevirt_policy(check->guest);

    if (is_profile(check) && cvm_is_set(*policy) && policy->value != theirs) {
        report_policy(check, theirs);
    }
}

/* ---- 823 kubevirt-firmware ---- */

/* A session is there to have the start measured, and the variables are not. */
static void
check_firmware(struct cvm_check *check)
{
    const struct cvm_launch *launch = &check->domain->launch;

    check_keys(check);
    if (is_profile(check) && cvm_kubevirt_is_attested(check->domain)) {
        cvm_report_as(check, CVM_WARNING,
                      cvm_is_set(launch->session) ? &launch->session.from : &launch->dh_cert.from,
                      _("The guest is to be attested, but KubeVirt gives it a store for firmware "
                        "variables that the launch measurement does not cover: the host may change "
                        "what the guest boots."));
    }
}

/* ---- 825 kubevirt-volume, 827 kubevirt-network ---- */

static void
check_volumes(struct cvm_check *check)
{
    static const char *const fix =
        N_("Name the one that the cluster has: 'pvc', 'dataVolume' or 'containerDisk'.");

    cvm_each (struct cvm_disk, disk, &check->domain->devices.disk) {
        unsigned named = !cvm_is_unset(disk->pvc) + !cvm_is_unset(disk->data_volume) +
                         !cvm_is_unset(disk->container_disk);

        if (!is_profile(check)) {
            return;
        }
        if (named == 0) {
            cvm_fix(cvm_report(check, &disk->from,
                               _("This disk is no volume of a cluster, and KubeVirt takes no file "
                                 "or device of a node.")),
                    "%s", _(fix));
        } else if (named > 1) {
            cvm_fix(cvm_report(check, &disk->from,
                               _("This disk is more than one volume of a cluster at a time.")),
                    "%s", _(fix));
        } else if (cvm_text_is(disk->device, "lun") && !cvm_is_unset(disk->container_disk)) {
            cvm_fix(cvm_report(check, &disk->container_disk.from,
                               _("KubeVirt refuses a LUN that is a container disk: it 'can only be "
                                 "mapped to a DataVolume or PersistentVolumeClaim volume'.")),
                    _("Name a 'pvc' or 'dataVolume', or write 'device: disk'."));
        }
    }
}

static void
check_networks(struct cvm_check *check)
{
    unsigned pods = 0;

    cvm_each (struct cvm_interface, interface, &check->domain->devices.interface) {
        gboolean pod = cvm_is_on(interface->pod);

        if (!is_profile(check)) {
            return;
        }
        if (pod && cvm_is_set(interface->multus)) {
            cvm_report(check, &interface->from,
                       _("This network card is connected to the pod's network and to another one "
                         "('multus') at a time."));
        } else if (!pod && cvm_is_unset(interface->multus)) {
            cvm_fix(cvm_report(check, &interface->from,
                               _("This network card is connected to no network of a cluster, and "
                                 "KubeVirt takes no bridge or network of a node.")),
                    _("Name the network: 'pod: true', or 'multus' with a "
                      "NetworkAttachmentDefinition."));
        } else if (pod && ++pods > 1) {
            cvm_report(check, &interface->from,
                       _("KubeVirt refuses a second network card on the pod's network: 'more than "
                         "one interface is connected to a pod network'."));
        }
    }
}

/* ---- 831 kubevirt-numa ---- */

static void
check_numa(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;
    const struct cvm_numatune *numatune = &domain->numatune;
    const struct cvm_from *place =
        cvm_is_on(numatune->nodeset_auto) ? &numatune->nodeset_auto.from : &numatune->nodeset.from;

    check_keys(check);
    if (!is_profile(check) || place->origin == CVM_UNSET || !cvm_kubevirt_wants_nodes(domain)) {
        return;
    }
    if (!cvm_kubevirt_binds_nodes(domain)) {
        cvm_fix(cvm_report(check, place,
                           _("KubeVirt keeps a guest's memory near its vCPUs only where these are "
                             "pinned and the memory is in huge pages: it may come from any node.")),
                _("Add 'pin: auto' below 'vcpu' and 'hugepages: 2MiB' below 'memory', or do "
                  "without."));
    } else if (cvm_is_given(numatune->nodeset)) {
        cvm_fix(
            cvm_report(check, place,
                       _("KubeVirt keeps the memory on the NUMA nodes that the guest's CPUs are "
                         "of, but which ones is the kubelet's choice: these numbers have no "
                         "effect.")),
            _("Write 'nodeset: auto'."));
    }
}

/* ---- 837 kubevirt-feature-gates ---- */

/* virt-config/featuregate/: RebootPolicy and VideoConfig are open by themselves from 1.9 on. */
static void
check_gates(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;
    const struct {
        const char *gate;
        gboolean needed;
    } gates[] = {
        { "WorkloadEncryptionSEV", check->guest & CVM_GUEST_AMD },
        { "CPUManager", cvm_kubevirt_is_pinned(domain) },
        { "VSOCK", domain->devices.vsock.count > 0 },
        { "RebootPolicy",
          cvm_is_given(domain->on_reboot) && cvm_text_is(domain->on_reboot, "destroy") },
        { "VideoConfig", domain->devices.video.count > 0 && domain->devices.graphics.count > 0 },
    };
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(gates); i++) {
        if (gates[i].needed) {
            g_string_append_printf(text, "%s'%s'", text->len ? ", " : "", gates[i].gate);
        }
    }
    if (is_profile(check) && text->len > 0) {
        cvm_report(check, cvm_is_set(domain->launch.type) ? &domain->launch.type.from : NULL,
                   _("The cluster must have these feature gates open, or it refuses the virtual "
                     "machine or finds no node for it: %s."),
                   text->str);
    }
}

/* ---- 839 volume-without-source, of all other targets ---- */

static void
check_sources(struct cvm_check *check)
{
    const struct cvm_devices *devices = &check->domain->devices;

    if (cvm_domain_is_for_kubevirt(check->domain)) {
        return;
    }
    cvm_each (struct cvm_disk, disk, &devices->disk) {
        const struct cvm_text *volume = cvm_disk_volume(disk);

        if (!cvm_is_unset(*volume) && cvm_is_unset(disk->source)) {
            cvm_fix(cvm_report(check, &volume->from,
                               _("This disk is a volume of a KubeVirt cluster alone: elsewhere it "
                                 "has no source, and the guest would find no disk.")),
                    _("Add its 'source', or render with '--to kubevirt'."));
        }
    }
    cvm_each (struct cvm_interface, interface, &devices->interface) {
        if (!cvm_is_unset(interface->multus) && !cvm_is_given(interface->type) &&
            !cvm_is_given(interface->source)) {
            cvm_fix(cvm_report(check, &interface->multus.from,
                               _("This network card is connected to a network of a KubeVirt "
                                 "cluster alone: elsewhere it would be on libvirt's 'default' "
                                 "network.")),
                    _("Add its 'type' and 'source', or render with '--to kubevirt'."));
        }
    }
}

/* ---- 838 kubevirt-from-xml ---- */

static void
check_form(struct cvm_check *check)
{
    if (!is_profile(check)) {
        cvm_fix(
            cvm_report(check, NULL,
                       _("This is domain XML, and only profiles are rendered for KubeVirt: none "
                         "of it was compared with what KubeVirt can say.")),
            _("Write a profile of it."));
    }
}

const struct cvm_rule cvm_rules_kubevirt[] = {
    { "CVM820", "kubevirt-name", CVM_SEVERE, 0, FALSE,
      N_("KubeVirt: the name cannot be that of a Kubernetes object."), check_keys },
    { "CVM821", "kubevirt-policy", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("KubeVirt: its fixed policy is not the guest's."), check_policy },
    { "CVM822", "kubevirt-launch", CVM_SEVERE, 0, FALSE,
      N_("KubeVirt: it has no word for something of launchSecurity."), check_keys },
    { "CVM823", "kubevirt-firmware", CVM_SEVERE, 0, FALSE,
      N_("KubeVirt: its fixed firmware is not what the guest asks for."), check_firmware },
    { "CVM824", "kubevirt-kernel", CVM_SEVERE, 0, FALSE,
      N_("KubeVirt: it boots no kernel from a file."), check_keys },
    { "CVM825", "kubevirt-volume", CVM_SEVERE, 0, FALSE,
      N_("KubeVirt: a disk is no volume of a cluster."), check_volumes },
    { "CVM826", "kubevirt-disk", CVM_WARNING, 0, FALSE,
      N_("KubeVirt: it has no word for something of a disk, or refuses it."), check_keys },
    { "CVM827", "kubevirt-network", CVM_SEVERE, 0, FALSE,
      N_("KubeVirt: a network card is connected to no network of a cluster."), check_networks },
    { "CVM828", "kubevirt-interface", CVM_WARNING, 0, FALSE,
      N_("KubeVirt: it has no word for something of a network card, or refuses it."), check_keys },
    { "CVM829", "kubevirt-memory", CVM_WARNING, 0, FALSE,
      N_("KubeVirt: it has no word for something of the memory."), check_keys },
    { "CVM830", "kubevirt-cpu", CVM_WARNING, 0, FALSE,
      N_("KubeVirt: it has no word for something of the vCPUs, or refuses it."), check_keys },
    { "CVM831", "kubevirt-numa", CVM_WARNING, 0, FALSE,
      N_("KubeVirt: memory is not bound to NUMA nodes as the profile has it."), check_numa },
    { "CVM832", "kubevirt-platform", CVM_WARNING, 0, FALSE,
      N_("KubeVirt: it has no word for something of the machine, or refuses it."), check_keys },
    { "CVM833", "kubevirt-lifecycle", CVM_WARNING, 0, FALSE,
      N_("KubeVirt: it does something else when the guest stops."), check_keys },
    { "CVM834", "kubevirt-device", CVM_WARNING, 0, FALSE,
      N_("KubeVirt: the guest comes up without a device."), check_keys },
    { "CVM835", "kubevirt-device-key", CVM_WARNING, 0, FALSE,
      N_("KubeVirt: it has no word for something of a device."), check_keys },
    { "CVM836", "kubevirt-text", CVM_WARNING, 0, FALSE,
      N_("KubeVirt: it keeps no title and no metadata."), check_keys },
    { "CVM837", "kubevirt-feature-gates", CVM_NOTE, 0, FALSE,
      N_("KubeVirt: the cluster has to have feature gates open for the guest."), check_gates },
    { "CVM838", "kubevirt-from-xml", CVM_SEVERE, 0, FALSE,
      N_("KubeVirt: domain XML is not rendered for it."), check_form },
    { 0 },
};

const struct cvm_rule cvm_rules_volumes[] = {
    { "CVM839", "volume-without-source", CVM_SEVERE, 0, FALSE,
      N_("A disk or network card is one of a KubeVirt cluster, and the target is another."),
      check_sources },
    { 0 },
};
