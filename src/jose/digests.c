/* The digests that go with the algorithms. Fetched once; each thread keeps its context. */
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>

#include "base/encoding.h"
#include "base/fatal.h"
#include "base/secret.h"
#include "jose/algorithms.h"

static const char *const method_names[] = {
    [DIGEST_SHA256] = "SHA256",
    [DIGEST_SHA384] = "SHA384",
    [DIGEST_SHA512] = "SHA512",
};

enum { METHODS = sizeof(method_names) / sizeof(method_names[0]) };

static pthread_once_t fetched = PTHREAD_ONCE_INIT;
static EVP_MD *methods[METHODS];
static _Thread_local EVP_MD_CTX *context;

static void
fetch_methods(void)
{
	int i;

	for (i = DIGEST_SHA256; i < METHODS; i++) {
		if ((methods[i] = EVP_MD_fetch(NULL, method_names[i], NULL)) == NULL)
			fatal("OpenSSL lacks %s", method_names[i]);
	}
}

const EVP_MD *
digest_method(enum digest digest)
{
	(void)pthread_once(&fetched, fetch_methods);
	return (methods[digest]);
}

size_t
digest_make(enum digest digest, const void *bytes, size_t length, uint8_t out[DIGEST_MAX])
{
	unsigned n = 0;

	if (digest == DIGEST_SHA256) {
		sha256(bytes, length, out);
		return (SHA256_BYTES);
	}
	if (context == NULL && (context = EVP_MD_CTX_new()) == NULL)
		fatal("out of memory for a digest");
	if (EVP_DigestInit_ex2(context, digest_method(digest), NULL) != 1 ||
	    EVP_DigestUpdate(context, bytes, length) != 1 ||
	    EVP_DigestFinal_ex(context, out, &n) != 1)
		fatal("%s failed", method_names[digest]);
	return (n);
}

char *
jose_half_hash(struct arena *arena, enum jose_algorithm algorithm, const char *text)
{
	size_t length;
	uint8_t digest[DIGEST_MAX];

	length = digest_make(algorithms[algorithm].half_hash, text, strlen(text), digest);
	return (base64url_encode(arena, digest, length / 2));
}
