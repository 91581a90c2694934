/* Secrets, digests, sealing. Algorithms are fetched once; each thread keeps its contexts. */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <string.h>

#include "base/encoding.h"
#include "base/fatal.h"
#include "base/secret.h"

enum { NONCE_BYTES = 12, TAG_BYTES = 16, BEARER_BYTES = 32 };

static pthread_once_t fetched = PTHREAD_ONCE_INIT;
static EVP_MD *digest_sha256;
static EVP_MAC *mac_hmac;
static EVP_CIPHER *cipher_gcm;

static _Thread_local EVP_MD_CTX *digest_context;
static _Thread_local EVP_MAC_CTX *mac_context;
static _Thread_local EVP_CIPHER_CTX *cipher_context;

static void
fetch_algorithms(void)
{
	digest_sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	mac_hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	cipher_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	if (digest_sha256 == NULL || mac_hmac == NULL || cipher_gcm == NULL)
		fatal("OpenSSL lacks SHA256, HMAC or AES-256-GCM");
}

static void
fetch_once(void)
{
	(void)pthread_once(&fetched, fetch_algorithms);
}

void
random_bytes(void *out, size_t length)
{
	if (length > INT32_MAX || RAND_bytes(out, (int)length) != 1)
		fatal("no randomness from the system");
}

struct secret
secret_random(struct arena *arena, size_t length)
{
	struct secret secret = {arena_alloc(arena, length), length};

	random_bytes(secret.bytes, length);
	return (secret);
}

struct secret
secret_copy(struct arena *arena, const void *bytes, size_t length)
{
	struct secret secret = {arena_copy(arena, bytes, length), length};

	return (secret);
}

bool
secret_equal(const void *a, size_t a_length, const void *b, size_t b_length)
{
	return (a_length == b_length && CRYPTO_memcmp(a, b, a_length) == 0);
}

void
secret_wipe(void *bytes, size_t length)
{
	OPENSSL_cleanse(bytes, length);
}

char *
bearer_create(struct arena *arena, const char *prefix)
{
	uint8_t bytes[BEARER_BYTES];
	char *text;

	random_bytes(bytes, sizeof(bytes));
	text = arena_format(arena, "%s%s", prefix, base64url_encode(arena, bytes, sizeof(bytes)));
	secret_wipe(bytes, sizeof(bytes));
	return (text);
}

void
sha256(const void *bytes, size_t length, uint8_t out[SHA256_BYTES])
{
	if (digest_context == NULL) {
		fetch_once();
		if ((digest_context = EVP_MD_CTX_new()) == NULL)
			fatal("out of memory for a digest");
	}
	if (EVP_DigestInit_ex2(digest_context, digest_sha256, NULL) != 1 ||
	    EVP_DigestUpdate(digest_context, bytes, length) != 1 ||
	    EVP_DigestFinal_ex(digest_context, out, NULL) != 1)
		fatal("SHA-256 failed");
}

static void
create_mac_context(void)
{
	char name[] = "SHA256";
	OSSL_PARAM parameters[2];

	fetch_once();
	parameters[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0);
	parameters[1] = OSSL_PARAM_construct_end();
	mac_context = EVP_MAC_CTX_new(mac_hmac);
	if (mac_context == NULL || EVP_MAC_CTX_set_params(mac_context, parameters) != 1)
		fatal("HMAC-SHA256 cannot be set up");
}

void
hmac_sha256(
    const void *key, size_t key_length, const void *bytes, size_t length, uint8_t out[SHA256_BYTES])
{
	static const uint8_t none[1];
	size_t written = 0;

	if (mac_context == NULL)
		create_mac_context();
	/* OpenSSL takes a NULL key as "the one before". */
	if (key == NULL)
		key = none;
	if (EVP_MAC_init(mac_context, key, key_length, NULL) != 1 ||
	    EVP_MAC_update(mac_context, bytes, length) != 1 ||
	    EVP_MAC_final(mac_context, out, &written, SHA256_BYTES) != 1 || written != SHA256_BYTES)
		fatal("HMAC-SHA256 failed");
}

void
derive_key(const struct secret *secret, const char *purpose, uint8_t out[SEAL_KEY_BYTES])
{
	static const uint8_t no_salt[SHA256_BYTES];
	uint8_t extracted[SHA256_BYTES], info[256];
	size_t length = strlen(purpose);

	_Static_assert(
	    SEAL_KEY_BYTES == SHA256_BYTES, "the output is one block of HKDF's expansion");
	if (length + 1 > sizeof(info))
		fatal("derive_key: the purpose is too long");
	memcpy(info, purpose, length);
	info[length] = 1;
	hmac_sha256(no_salt, sizeof(no_salt), secret->bytes, secret->length, extracted);
	hmac_sha256(extracted, sizeof(extracted), info, length + 1, out);
	secret_wipe(extracted, sizeof(extracted));
}

static EVP_CIPHER_CTX *
cipher_ready(void)
{
	if (cipher_context == NULL) {
		fetch_once();
		if ((cipher_context = EVP_CIPHER_CTX_new()) == NULL)
			fatal("out of memory for a cipher");
	}
	return (cipher_context);
}

uint8_t *
seal(struct arena *arena, const uint8_t key[SEAL_KEY_BYTES], const char *aad, const void *bytes,
    size_t length, size_t *out_length)
{
	int n;
	uint8_t *box;
	EVP_CIPHER_CTX *context = cipher_ready();

	if (length > INT32_MAX / 2)
		fatal("seal: impossible size %zu", length);
	box = arena_alloc(arena, length + SEAL_OVERHEAD);
	random_bytes(box, NONCE_BYTES);
	if (EVP_EncryptInit_ex2(context, cipher_gcm, key, box, NULL) != 1 ||
	    EVP_EncryptUpdate(context, NULL, &n, (const uint8_t *)aad, (int)strlen(aad)) != 1 ||
	    EVP_EncryptUpdate(context, box + NONCE_BYTES, &n, bytes, (int)length) != 1 ||
	    EVP_EncryptFinal_ex(context, box + NONCE_BYTES + length, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(
		context, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, box + NONCE_BYTES + length) != 1)
		fatal("AES-256-GCM failed");
	(void)EVP_CIPHER_CTX_reset(context);
	*out_length = length + SEAL_OVERHEAD;
	return (box);
}

bool
seal_open(struct arena *arena, const uint8_t key[SEAL_KEY_BYTES], const char *aad, const void *box,
    size_t length, uint8_t **out, size_t *out_length)
{
	int n;
	bool is_right;
	uint8_t *opened, tag[TAG_BYTES];
	const uint8_t *bytes = box;
	EVP_CIPHER_CTX *context = cipher_ready();

	if (length < SEAL_OVERHEAD || length > INT32_MAX / 2)
		return (false);
	length -= SEAL_OVERHEAD;
	memcpy(tag, bytes + NONCE_BYTES + length, TAG_BYTES);
	opened = arena_alloc(arena, length + 1);
	is_right =
	    EVP_DecryptInit_ex2(context, cipher_gcm, key, bytes, NULL) == 1 &&
	    EVP_DecryptUpdate(context, NULL, &n, (const uint8_t *)aad, (int)strlen(aad)) == 1 &&
	    EVP_DecryptUpdate(context, opened, &n, bytes + NONCE_BYTES, (int)length) == 1 &&
	    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) == 1 &&
	    EVP_DecryptFinal_ex(context, opened + length, &n) == 1;
	(void)EVP_CIPHER_CTX_reset(context);
	if (!is_right) {
		secret_wipe(opened, length);
		return (false);
	}
	*out = opened;
	*out_length = length;
	return (true);
}
