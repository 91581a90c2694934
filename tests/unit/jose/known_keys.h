/* Private keys for tests. Those of RSA are always the same two: making one takes up to a second. */
#ifndef KNOWN_KEYS_H
#define KNOWN_KEYS_H

#include <check.h>
#include <string.h>

#include "base/encoding.h"
#include "jose/jose.h"

/* PKCS#8 in base64url. */
#define KNOWN_RSA                                                                                  \
	"MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCN2NM6n4Dxpw8e2ckrjOIweNjIYtf5JaKh"     \
	"z7fMwKS6ZxUzVhJZFjBx0KetyhzbF6lIejjm7T5vKdqhj682vuy4tfNDTTZiE5ZmwEHg4fYzPRYzJt531faN"     \
	"7CEFGrN7pkSoBcyjqXrNl-0ijiHIGjEsTsY9WUlpdL0rto03yOTQz_oBpgg6iAUMmBbzc6uNqDkgOrsvumh2"     \
	"KLS4xafoeekwx6wL_Exg_90pt7SaSdrTdkfzKoMwLSPpOEEZqKzLnvCR7UkNFqPTL2hBJVpe8O4EZYVxipja"     \
	"JqWowZlIDXcU7cvoD0VZ-Wka_DAtWgDpaWpzIV7XdC_FeKMWtkDgPPS5AgMBAAECggEARTUGrmIXUBAh1PwO"     \
	"ZnS5AUxc_LwZQuLFbCyEMV7GoHneAquajSPB5C4ZObZUiOMNAaM8cxNKtIMXvF717oCNz_taYrpf7889wQlJ"     \
	"uzaUYGCMHc33mkFnJ8yPOcXSz2AKvG4D79AnbfsTxJnTSqXY2xTeLR2Mr2q5R4Qsd4zJc0Vj4DttXVNxApmK"     \
	"_1mwxJUW26Lc12SrmuPzFwkPuIig7N7kTIk65VUAkTW5Q5QKarNi7KBujD9pfBm7ZFzWEuhqZqvS3CgTBsAa"     \
	"Ns1BkDotknfHNJUhZkZ096qbVaRQ3lLbDtGCU9TVIZFD3MgPoExBSjarFBRyM41Rko2xISdc5wKBgQDD70Mp"     \
	"hNyUiyD4QD5SMJJ2GQ_HeNHZjg2AfbeKn7l7xzZl-mpLKauLHLOtDtUQk80CL0bva8FLT1SHuAKqLYxeg2AC"     \
	"aR2yl92BZ0p4xl9HTEjlAdfWuWwXEVF-8hYmZgDdB1wrHCletHmZAxb8y5fN3UhuOsgg6omkCCWIM7vmpwKB"     \
	"gQC5VNKZRkMOjvOCqExtASTNRBrLutXZESQotsfYtwVz23jeok8VAby2lxI0XFNgYbZ-X1dVGxmW2cbXk2ed"     \
	"bheGG2RTB7io3Z-Hi_rIYXwe0GAnLC8T4Axht1mImSX3gHz464cB8KwdCRZhVNzuP7Wue7lIBFXUayG_BVkg"     \
	"FxsVnwKBgEEKXJYct4hLwu8FjGqGGyg-24EQt0Brqkm78cB_kvfmwkUJ4lz_ASXVqkNJSCsPlR8jiH2TnH-e"     \
	"XuYKjD_njNAW9jj2odgWF36MRilfWGN3jD8Q5JAvzxS9N_tW60ll1OWKOutIlucMK81CPFBAWS0KRq_orWRX"     \
	"1sbvuV3EJpzDAoGAKC0CJmX73WkR0s4nGy43SyQrZuTOvOqhWw4cjpdGYFJAhorK9_PTdAWV1bH6BRfJluWW"     \
	"KgXg6zm0iEEVIiSehtzjR7iRyFGa5qhqqguv-4IShgtm_TkBliFIEHuapme9L7znHH2O4hB5QIpEBoXbHcMG"     \
	"bF08Ofsrapx_MJyxq2MCgYA_v7KNrpCCSuVF_2OUtyKuBq5NIM4bZbfcHf1ogXJ8-ldB6MbOgpIDORysUYmU"     \
	"26iN7JKhtoT-n4kT_IDP0H8XSQ6pBbcZ_8nNOYJOfIGmn6ZKqpJYrvUKQYSzLtgXH3y20m621N52w78_WRTR"     \
	"WVAz8H1duUfj5f1aWMe2JmNZDw"
#define KNOWN_OTHER_RSA                                                                            \
	"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCNEnWznnU_e4pM6cxDhnzGUyY29HXG4DLc"     \
	"DPfjdhYrrH9GQJRgc7UsTFDLhkh6y5L9VewaOSZqdKAmKD11B89V6UuROitJPMPv-WbzCm2pLxSWUvHXjP__"     \
	"jNiVumxw3H0uICrsXp9LOxllQVX2L92oXTwypuBKKi34Gr3zqBc9FXZig4uCa7Y80fth018tyP5623DFlaUh"     \
	"oWF6fU2rYqDDaFq4Gq8Z19g1v8uMb8WTq-XoeIuig6nZFgCYYnpcIztHgtklx7vDtLxQZquA-rtixF-3X0wC"     \
	"NZTd9yng6yKIIiL1VKuyICGeOJA0mHwfXjqEmUdJMoNezYzjO4FUliSHAgMBAAECggEAGTyQKc3TE8Q5_YBl"     \
	"tj68243MbFBXMXiyIIOBZQOe-7kkG6E56fdJFd-hJIelN7JrXT6duiM3KBws-iaAuArpoGjXx-csDzH7q1Zm"     \
	"gFwBOh7eA_ZapUDoGwNLS53KAHaxPisrApX60S6FYIPLqPrvIEttlXIc9aeOCbBfAtOzNI36SQgqD6PSuwSI"     \
	"Hv2ymmSUjvvbhwX3B11OZ5Tdbqx4sWqaEHRS8Wv3n50FGSaOTwIZp8FR7XJ6OWLVuFohICH8A-yeueVfTPT1"     \
	"qvhqduQdjE41wnIME9X-Ih1A3iGT4vFl8yBfLAny_THOID0ZQocfGczNtBMozrHCvJZLM-fP4QKBgQDHc6P4"     \
	"_Lx9e0UCv93MgxywVz6kJ2Dc69oL_6Z-pKB6YvkBQTzuMZ4Mf5POMQXCuzjLZTrHfb_LnIc5rc_n2xLFK00W"     \
	"jzYSaWIJF7OWlIX0vwIH4PrGTFdQNvIrvUVrcKUeDPcyi24SpyAh-avetRboekVLQYMpkXHEf8KhNP6VJQKB"     \
	"gQC1EZUAfYU-5TPQSn1xTMxLnZ7XNflukWSvmPz0gZt4nKEO-2ZIVjag7E9ZBN2Tn-4nfHNx5Oi706L4-yu8"     \
	"_YvfZzkbzAUwa5xyakOwaGz-Lh1PAGiSgjQrftsA3Dw_xVvPRKKZHAPrWSnTlv_43t9CpeL5eliwJKUIGNwD"     \
	"cvAhOwKBgGYkz_XkoTd2GNqWniVthBS_KYJx9EZPtyRr8b1r3A-xfippWaX23SUzdOOk8XlP3n8zwY2G1eGV"     \
	"sR8V56Kq7Arz6Q_DmgKF28IiVEOqnovAAm88hdFmKVUYPp-t1851Kuqf4z0McPu2gVtE_QMaJLg8Xh5zV5PD"     \
	"O8tRTsC2XibNAoGBAKsdOIDEHl334OVg3_doqlBzXp7nRRe2kz5XCAZRTYnIC3TLJDgMMYgWik4ICRXvt_Lc"     \
	"64Sg3UhTktpVE1qBCeRP-mpIfkbqC2kc_2cA6K-1CMGWEz0RixfnxDOl7dIeQss3g6nKDfIlyx9IvhKFHNwx"     \
	"RLSbaKDdoJBsXc9smX3tAoGANc4_i8qR4ckCxySycz3TObukJPdfQlKLzk7xqBAGU1EyepMo-FCYOHb94kpM"     \
	"eyPGIpdVkkbHssU5W7YaZOtgSqlUBLh9xY-uYFbOYkYoWV8qfaEganI4s-xzo1hOYQyc0v3QQHaRWtjSQwO5"     \
	"hq7qY8g_EJqY8nUu8xUE1079oMI"

static inline struct jose_key *
known_rsa(struct arena *arena, enum jose_algorithm algorithm, const char *text)
{
	size_t length;
	uint8_t *der;
	struct jose_key *key;

	ck_assert(base64url_decode(arena, text, strlen(text), &der, &length));
	key = jose_key_from_private_der(algorithm, der, length);
	ck_assert_ptr_nonnull(key);
	return (key);
}

static inline bool
is_rsa(enum jose_algorithm algorithm)
{
	return (algorithm == JOSE_RS256 || algorithm == JOSE_PS256);
}

static inline struct jose_key *
known_key(struct arena *arena, enum jose_algorithm algorithm)
{
	return (is_rsa(algorithm) ? known_rsa(arena, algorithm, KNOWN_RSA)
				  : jose_key_generate(algorithm));
}

/* Not the same as known_key. */
static inline struct jose_key *
known_other_key(struct arena *arena, enum jose_algorithm algorithm)
{
	return (is_rsa(algorithm) ? known_rsa(arena, algorithm, KNOWN_OTHER_RSA)
				  : jose_key_generate(algorithm));
}

#endif
