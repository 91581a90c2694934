/* base/secret: digests against their RFCs' vectors, sealing against tampering (SL-02). */
#include <check.h>
#include <string.h>

#include "base/encoding.h"
#include "base/secret.h"
#include "base/text.h"

Suite *suite_base_secret(void);

static struct arena *arena;

static void
setup(void)
{
	arena = arena_create(1 << 20);
}

static void
teardown(void)
{
	arena_destroy(arena);
}

/* FIPS 180-2, B.1 and the empty message. */
START_TEST(sha256_vectors)
{
	uint8_t out[SHA256_BYTES];

	sha256("abc", 3, out);
	ck_assert_str_eq(hex_encode(arena, out, sizeof(out)),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha256("", 0, out);
	ck_assert_str_eq(hex_encode(arena, out, sizeof(out)),
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
END_TEST

/* RFC 4231, 4.2, 4.3 and 4.7. */
START_TEST(hmac_vectors)
{
	uint8_t key[131], out[SHA256_BYTES];

	memset(key, 0x0b, 20);
	hmac_sha256(key, 20, "Hi There", 8, out);
	ck_assert_str_eq(hex_encode(arena, out, sizeof(out)),
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, out);
	ck_assert_str_eq(hex_encode(arena, out, sizeof(out)),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, 131);
	hmac_sha256(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54, out);
	ck_assert_str_eq(hex_encode(arena, out, sizeof(out)),
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	hmac_sha256(NULL, 0, "", 0, out);
	ck_assert_str_eq(hex_encode(arena, out, sizeof(out)),
	    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}
END_TEST

/* RFC 5869, A.3: no salt, no info; its first 32 bytes. */
START_TEST(derive_key_vector)
{
	uint8_t input[22], out[SEAL_KEY_BYTES], other[SEAL_KEY_BYTES];
	struct secret secret = {input, sizeof(input)};

	memset(input, 0x0b, sizeof(input));
	derive_key(&secret, "", out);
	ck_assert_str_eq(hex_encode(arena, out, sizeof(out)),
	    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
	derive_key(&secret, "codes", out);
	derive_key(&secret, "flows", other);
	ck_assert_mem_ne(out, other, sizeof(out));
}
END_TEST

START_TEST(a_seal_opens_only_whole_and_in_place)
{
	uint8_t key[SEAL_KEY_BYTES], *box, *again, *out;
	size_t i, length, again_length, out_length;

	random_bytes(key, sizeof(key));
	box = seal(arena, key, "place|1", "the text", 8, &length);
	again = seal(arena, key, "place|1", "the text", 8, &again_length);
	ck_assert_uint_eq(length, 8 + SEAL_OVERHEAD);
	ck_assert_mem_ne(box, again, length);
	ck_assert(seal_open(arena, key, "place|1", box, length, &out, &out_length));
	ck_assert_uint_eq(out_length, 8);
	ck_assert_mem_eq(out, "the text", 8);
	for (i = 0; i < length; i++) {
		box[i] ^= 1;
		ck_assert_msg(!seal_open(arena, key, "place|1", box, length, &out, &out_length),
		    "byte %zu", i);
		box[i] ^= 1;
		ck_assert_msg(
		    !seal_open(arena, key, "place|1", box, i, &out, &out_length), "length %zu", i);
	}
	ck_assert(!seal_open(arena, key, "place|2", box, length, &out, &out_length));
	ck_assert(!seal_open(arena, key, "", box, length, &out, &out_length));
	key[0] ^= 1;
	ck_assert(!seal_open(arena, key, "place|1", box, length, &out, &out_length));
}
END_TEST

START_TEST(an_empty_seal)
{
	uint8_t key[SEAL_KEY_BYTES], *box, *out;
	size_t length, out_length = 1;

	random_bytes(key, sizeof(key));
	box = seal(arena, key, "a", "", 0, &length);
	ck_assert(seal_open(arena, key, "a", box, length, &out, &out_length));
	ck_assert_uint_eq(out_length, 0);
}
END_TEST

START_TEST(equality_and_copies)
{
	struct secret secret = secret_random(arena, 32), copy;

	copy = secret_copy(arena, secret.bytes, secret.length);
	ck_assert(secret_equal(secret.bytes, secret.length, copy.bytes, copy.length));
	copy.bytes[31] ^= 1;
	ck_assert(!secret_equal(secret.bytes, secret.length, copy.bytes, copy.length));
	ck_assert(!secret_equal("abc", 3, "ab", 2));
	ck_assert(secret_equal("", 0, "", 0));
	secret_wipe(copy.bytes, copy.length);
	ck_assert_int_eq(copy.bytes[0] | copy.bytes[15] | copy.bytes[31], 0);
}
END_TEST

START_TEST(bearers)
{
	char *one = bearer_create(arena, "lk_cs_"), *two = bearer_create(arena, "lk_cs_");
	size_t length;
	uint8_t *out;

	ck_assert(text_starts_with(one, "lk_cs_"));
	ck_assert_str_ne(one, two);
	ck_assert(base64url_decode(arena, one + 6, strlen(one + 6), &out, &length));
	ck_assert_uint_eq(length, 32);
}
END_TEST

Suite *
suite_base_secret(void)
{
	Suite *suite = suite_create("base/secret");
	TCase *tests = tcase_create("secret");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, sha256_vectors);
	tcase_add_test(tests, hmac_vectors);
	tcase_add_test(tests, derive_key_vector);
	tcase_add_test(tests, a_seal_opens_only_whole_and_in_place);
	tcase_add_test(tests, an_empty_seal);
	tcase_add_test(tests, equality_and_copies);
	tcase_add_test(tests, bearers);
	suite_add_tcase(suite, tests);
	return (suite);
}
