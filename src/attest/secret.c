/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets for LAUNCH_SECRET (AMD publication 55766, "LAUNCH_SECRET"): a table of them as Linux'
 * drivers/virt/coco/efi_secret/efi_secret.c reads it ("Structure of the EFI secret area"),
 * encrypted by the TEK, and a header that ties it to one measurement by the TIK. */
#include <openssl/crypto.h>
#include <string.h>

#include "attest/attest.h"
#include "util/bytes.h"
#include "util/guid.h"
#include "util/i18n.h"

enum {
    /* The table's head, and that of each entry: lengths count these 20 bytes */
    ENTRY_GUID = 0x00,
    ENTRY_LENGTH = 0x10,
    ENTRY_SIZE = 0x14,
    MOST_SECRETS = CVMDOM_SECRET_MAX / ENTRY_SIZE,
    /* The firmware takes multiples of a block of AES */
    BLOCK = 16,
    /* The header. Flags are zero: nothing is compressed. */
    HEADER_FLAGS = 0x00,
    HEADER_IV = 0x04,
    HEADER_MAC = 0x14,
    IV_SIZE = HEADER_MAC - HEADER_IV,
    /* What is authenticated, before payload and measurement */
    MESSAGE_CONTEXT = 0x00,
    MESSAGE_HEADER = 0x01,
    MESSAGE_GUEST_LENGTH = MESSAGE_HEADER + HEADER_MAC,
    MESSAGE_TRANSPORT_LENGTH = MESSAGE_GUEST_LENGTH + 4,
    MESSAGE_SIZE = MESSAGE_TRANSPORT_LENGTH + 4,
    CONTEXT_SECRET = 0x01,
};

/* EFI_SECRET_TABLE_HEADER_GUID of efi_secret.c */
#define TABLE_GUID "1e74f542-71dd-4d66-963e-ef4287ff173b"
/* efi_secret.c takes it for the mark of a secret that was erased. */
#define ERASED_GUID "00000000-0000-0000-0000-000000000000"

static const struct {
    const char *name, *guid;
} names[] = {
    /* The passphrase of a disk, as virt-qemu-sev-validate calls it; GRUB_EFI_DISKPASSWD_GUID of
     * GRUB's module efisecret. */
    { "luks-key", "736869e5-84f0-4973-92ec-06879ce3da0b" },
};

const char *
cvmdom_secret_name_at(size_t i, const char **guid)
{
    if (i >= G_N_ELEMENTS(names)) {
        return NULL;
    }
    if (guid) {
        *guid = names[i].guid;
    }
    return names[i].name;
}

static int
find_guid(const char *text, uint8_t guid[CVM_GUID_SIZE], cvmdom_error **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(names[i].name, text)) {
            text = names[i].guid;
        }
    }
    if (!cvm_guid_parse(text, guid)) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_USAGE,
            _("'%1$s' is neither a GUID nor the name of a well-known secret: write a "
              "GUID, such as '%2$s', or that one's name, '%3$s'"),
            text, names[0].guid, names[0].name);
    }
    if (cvm_guid_is(guid, ERASED_GUID)) {
        return cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                                _("the GUID of only zeros marks a secret that was erased, and the "
                                  "guest's kernel would not show it: choose another one"));
    }
    return 0;
}

/* ---- the table ---- */

/* The GUIDs of all secrets one after the other; the caller's to g_free(). */
static uint8_t *
find_guids(const struct cvmdom_secret *secrets, size_t count, cvmdom_error **error)
{
    g_autofree uint8_t *guids = g_malloc0(count * CVM_GUID_SIZE);

    for (size_t i = 0; i < count; i++) {
        uint8_t *guid = guids + i * CVM_GUID_SIZE;

        if (find_guid(secrets[i].guid, guid, error) < 0) {
            return NULL;
        }
        for (size_t j = 0; j < i; j++) {
            if (memcmp(guids + j * CVM_GUID_SIZE, guid, CVM_GUID_SIZE) == 0) {
                cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                                 _("'%1$s' and '%2$s' are the same GUID, and the guest could find "
                                   "only one of the two secrets: give each a GUID of its own"),
                                 secrets[j].guid, secrets[i].guid);
                return NULL;
            }
        }
    }
    return g_steal_pointer(&guids);
}

/* Bytes of the table, without what pads it; 0 when they are more than fit. */
static size_t
measure_table(const struct cvmdom_secret *secrets, size_t count, size_t room, cvmdom_error **error)
{
    size_t most = room && room < CVMDOM_SECRET_MAX ? room : CVMDOM_SECRET_MAX;
    guint64 table = ENTRY_SIZE;

    for (size_t i = 0; i < count; i++) {
        if (secrets[i].size == 0) {
            cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                             _("the secret '%1$s' is empty: name the file that it is in"),
                             secrets[i].guid);
            return 0;
        }
        table += ENTRY_SIZE + (guint64)MIN(secrets[i].size, UINT32_MAX);
    }
    if (table > most - most % BLOCK) {
        cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                         most == room
                             ? _("the secrets do not fit: their table has %1$llu bytes, and the "
                                 "firmware's secret area %2$zu; inject fewer or shorter ones")
                             : _("the secrets do not fit: their table has %1$llu bytes, and "
                                 "LAUNCH_SECRET takes %2$zu; inject fewer or shorter ones"),
                         (unsigned long long)table, most);
        return 0;
    }
    return (size_t)table;
}

static uint8_t *
write_entry(uint8_t *at, const uint8_t *guid, size_t size)
{
    memcpy(at + ENTRY_GUID, guid, CVM_GUID_SIZE);
    cvm_put_u32(at + ENTRY_LENGTH, (uint32_t)size);
    return at + ENTRY_SIZE;
}

/* Into the packet's payload, padded to whole blocks with as few zeros as that takes. */
static void
write_table(const struct cvmdom_secret *secrets, size_t count, const uint8_t *guids, size_t size,
            struct cvmdom_secret_packet *packet)
{
    uint8_t table[CVM_GUID_SIZE];
    uint8_t *at;

    cvm_guid_parse(TABLE_GUID, table);
    at = write_entry(packet->payload, table, size);
    for (size_t i = 0; i < count; i++) {
        at = write_entry(at, guids + i * CVM_GUID_SIZE, ENTRY_SIZE + secrets[i].size);
        memcpy(at, secrets[i].data, secrets[i].size);
        at += secrets[i].size;
    }
    packet->size = (size + BLOCK - 1) / BLOCK * BLOCK;
}

static int
make_table(const struct cvmdom_secret *secrets, size_t count, size_t room,
           struct cvmdom_secret_packet *packet, cvmdom_error **error)
{
    g_autofree uint8_t *guids = NULL;
    size_t size = 0;

    if (count == 0) {
        return cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                                _("there is no secret to pack: name one"));
    }
    if (count > MOST_SECRETS) {
        return cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                                _("%1$zu secrets do not fit into a packet: inject %2$d at most"),
                                count, MOST_SECRETS);
    }
    guids = find_guids(secrets, count, error);
    if (guids) {
        size = measure_table(secrets, count, room, error);
    }
    if (size == 0) {
        return -1;
    }
    write_table(secrets, count, guids, size, packet);
    return 0;
}

/* ---- the packet ---- */

static int
write_mac(const struct cvmdom_measurement *measurement, const struct cvmdom_launch_keys *keys,
          struct cvmdom_secret_packet *packet, cvmdom_error **error)
{
    uint8_t message[MESSAGE_SIZE] = { [MESSAGE_CONTEXT] = CONTEXT_SECRET };
    const struct attest_part parts[] = {
        { message, sizeof(message) },
        { packet->payload, packet->size },
        { measurement->hmac, sizeof(measurement->hmac) },
        { NULL, 0 },
    };

    memcpy(message + MESSAGE_HEADER, packet->header, HEADER_MAC);
    cvm_put_u32(message + MESSAGE_GUEST_LENGTH, (uint32_t)packet->size);
    cvm_put_u32(message + MESSAGE_TRANSPORT_LENGTH, (uint32_t)packet->size);
    return attest_hmac(keys->tik, sizeof(keys->tik), parts, packet->header + HEADER_MAC, error);
}

/* The table is encrypted where it stands, so that there is no copy of it to forget. */
int
attest_secret_seal(const struct cvmdom_secret *secrets, size_t count, size_t room,
                   const struct cvmdom_measurement *measurement,
                   const struct cvmdom_launch_keys *keys, const unsigned char iv[16],
                   struct cvmdom_secret_packet *packet, cvmdom_error **error)
{
    int status;

    memset(packet, 0, sizeof(*packet));
    memcpy(packet->header + HEADER_IV, iv, IV_SIZE);
    status = make_table(secrets, count, room, packet, error);
    if (status == 0) {
        status =
            attest_aes_ctr(keys->tek, iv, packet->payload, packet->size, packet->payload, error);
    }
    if (status == 0) {
        status = write_mac(measurement, keys, packet, error);
    }
    if (status < 0) {
        OPENSSL_cleanse(packet, sizeof(*packet));
    }
    return status;
}

int
cvmdom_secret_pack(const struct cvmdom_secret *secrets, size_t count, size_t room,
                   const struct cvmdom_measurement *measurement,
                   const struct cvmdom_launch_keys *keys, struct cvmdom_secret_packet *packet,
                   cvmdom_error **error)
{
    unsigned char iv[IV_SIZE];

    if (attest_random(iv, sizeof(iv), error) < 0) {
        memset(packet, 0, sizeof(*packet));
        return -1;
    }
    return attest_secret_seal(secrets, count, room, measurement, keys, iv, packet, error);
}
