/* JSON Web Algorithms: the table (RFC 7518, 3.1; RFC 8037, 3.1). */
#include <openssl/rsa.h>

#include "jose/algorithms.h"

const struct algorithm algorithms[JOSE_ALGORITHMS] = {
    [JOSE_ES256] =
	{
	    .name = "ES256",
	    .type = &key_type_ec,
	    .crv = "P-256",
	    .group = "prime256v1",
	    .coordinate = 32,
	    .digest = DIGEST_SHA256,
	    .half_hash = DIGEST_SHA256,
	    .signature_length = 64,
	},
    [JOSE_RS256] =
	{
	    .name = "RS256",
	    .type = &key_type_rsa,
	    .digest = DIGEST_SHA256,
	    .half_hash = DIGEST_SHA256,
	    .padding = RSA_PKCS1_PADDING,
	},
    [JOSE_PS256] =
	{
	    .name = "PS256",
	    .type = &key_type_rsa,
	    .digest = DIGEST_SHA256,
	    .half_hash = DIGEST_SHA256,
	    .padding = RSA_PKCS1_PSS_PADDING,
	},
    [JOSE_ES384] =
	{
	    .name = "ES384",
	    .type = &key_type_ec,
	    .crv = "P-384",
	    .group = "secp384r1",
	    .coordinate = 48,
	    .digest = DIGEST_SHA384,
	    .half_hash = DIGEST_SHA384,
	    .signature_length = 96,
	},
    [JOSE_EDDSA] =
	{
	    .name = "EdDSA",
	    .type = &key_type_okp,
	    .crv = "Ed25519",
	    .coordinate = 32,
	    .digest = DIGEST_NONE,
	    .half_hash = DIGEST_SHA512,
	    .signature_length = 64,
	},
};

const char *
jose_algorithm_name(enum jose_algorithm algorithm)
{
	return (algorithms[algorithm].name);
}

bool
jose_algorithm_find(const char *name, enum jose_algorithm *out)
{
	int i;

	for (i = 0; i < JOSE_ALGORITHMS; i++) {
		if (text_equal(name, algorithms[i].name)) {
			*out = (enum jose_algorithm)i;
			return (true);
		}
	}
	return (false);
}
