/* What one fetch may do, and its way through fetch_multi.c. */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "async/fetch.h"
#include "async/fetch_multi.h"
#include "async/fetch_policy.h"
#include "async/wait.h"
#include "base/fatal.h"
#include "base/text.h"

struct fetch {
	struct fetch_transfer transfer; /* must be first */
	struct text body;
	struct curl_slist *headers;
	CURL *easy;
};

static size_t
body_received(char *bytes, size_t size, size_t count, void *object)
{
	struct fetch *fetch = object;

	text_add_bytes(&fetch->body, bytes, size * count);
	return (fetch->body.overflowed ? 0 : size * count);
}

static bool
has_control_byte(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return (true);
	}
	return (false);
}

static enum result
headers_build(struct call *call, const struct fetch_request *request, struct fetch *fetch)
{
	struct curl_slist *longer;

	/* Without this one curl would wait up to a second for 100 Continue. */
	if ((fetch->headers = curl_slist_append(NULL, "Expect:")) == NULL)
		fatal("out of memory");
	for (const char *const *header = request->headers; header && *header != NULL; header++) {
		if (has_control_byte(*header))
			return (call_fail(call, RESULT_FAILED, "control byte in a fetch's header"));
		if ((longer = curl_slist_append(fetch->headers, *header)) == NULL)
			fatal("out of memory");
		fetch->headers = longer;
	}
	return (RESULT_OK);
}

/* An option is refused only by a libcurl that was built without it. */
#define OPTION(easy, option, value)                                                                \
	do {                                                                                       \
		if (curl_easy_setopt((easy), (option), (value)) != CURLE_OK)                       \
			fatal("libcurl refuses %s", #option);                                      \
	} while (0)

static void
limits_set(CURL *easy, const struct fetch_request *request, size_t bytes_max)
{
	long timeout_ms = FETCH_TIMEOUT_MS;

	if (request->timeout_ms != 0 && request->timeout_ms < FETCH_TIMEOUT_MS)
		timeout_ms = (long)request->timeout_ms;
	OPTION(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	OPTION(easy, CURLOPT_FOLLOWLOCATION, 0L);
	OPTION(easy, CURLOPT_PROXY, "");
	OPTION(easy, CURLOPT_NOPROXY, "*");
	OPTION(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	OPTION(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	OPTION(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	OPTION(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	OPTION(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	OPTION(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	OPTION(easy, CURLOPT_TIMEOUT_MS, timeout_ms);
	OPTION(easy, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
	OPTION(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)bytes_max);
	OPTION(easy, CURLOPT_NOSIGNAL, 1L);
	OPTION(easy, CURLOPT_QUICK_EXIT, 1L); /* never waits for a thread that resolves a name */
	OPTION(easy, CURLOPT_USERAGENT, "latchkey/" LATCHKEY_VERSION);
}

static void
request_set(CURL *easy, const struct fetch_request *request, struct fetch *fetch)
{
	OPTION(easy, CURLOPT_URL, request->url);
	OPTION(easy, CURLOPT_HTTPHEADER, fetch->headers);
	OPTION(easy, CURLOPT_WRITEFUNCTION, body_received);
	OPTION(easy, CURLOPT_WRITEDATA, fetch);
	OPTION(easy, CURLOPT_PRIVATE, fetch);
	if (text_equal(request->method, "HEAD"))
		OPTION(easy, CURLOPT_NOBODY, 1L);
	else if (request->body != NULL || text_equal(request->method, "POST")) {
		OPTION(easy, CURLOPT_POST, 1L);
		OPTION(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
		OPTION(easy, CURLOPT_POSTFIELDS, request->body != NULL ? request->body : "");
	}
	OPTION(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

/* A connection that another request made was not asked about. */
static void
guard_set(CURL *easy)
{
	OPTION(easy, CURLOPT_PROTOCOLS_STR, "https");
	OPTION(easy, CURLOPT_FRESH_CONNECT, 1L);
	OPTION(easy, CURLOPT_FORBID_REUSE, 1L);
}

/* The least of what its Cache-Control fields say; 0 for no-store and no-cache (RFC 9111, 5.2.2). */
static long
max_age_read(CURL *easy)
{
	static const char name[] = "max-age=";
	struct curl_header *header;
	long least = -1, seconds;
	const char *at;
	size_t i;

	for (i = 0;
	     curl_easy_header(easy, "Cache-Control", i, CURLH_HEADER, -1, &header) == CURLHE_OK;
	     i++) {
		if (strstr(header->value, "no-store") != NULL ||
		    strstr(header->value, "no-cache") != NULL)
			return (0);
		if ((at = strstr(header->value, name)) == NULL)
			continue;
		seconds = strtol(at + strlen(name), NULL, 10);
		if (seconds >= 0 && (least == -1 || seconds < least))
			least = seconds;
	}
	return (least);
}

static enum result
answer_read(struct call *call, struct fetch *fetch, struct fetch_answer *out)
{
	struct fetch_answer answer = {0};
	const char *content_type = NULL;

	if (fetch->transfer.problem != NULL) {
		out->problem = fetch->transfer.problem;
		return (RESULT_UNAVAILABLE);
	}
	if (curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &answer.status) != CURLE_OK ||
	    curl_easy_getinfo(fetch->easy, CURLINFO_CONTENT_TYPE, &content_type) != CURLE_OK)
		fatal("libcurl keeps its answer to itself");
	answer.content_type = arena_string(call->arena, content_type);
	answer.max_age = max_age_read(fetch->easy);
	answer.body = fetch->body.data;
	answer.body_length = fetch->body.length;
	*out = answer;
	return (RESULT_OK);
}

enum result
fetch_run(struct call *call, const struct fetch_request *request, struct fetch_answer *out)
{
	enum fetch_verdict verdict = FETCH_ALLOWED;
	struct fetch fetch = {0};
	enum result result;
	size_t bytes_max = FETCH_BYTES_MAX;

	if ((result = wait_may_begin(call)) != RESULT_OK)
		return (result);
	if (request->is_guarded)
		verdict = fetch_policy_url(request->url, &out->problem);
	if (verdict == FETCH_REFUSED)
		return (RESULT_UNAVAILABLE);
	if (request->bytes_max != 0 && request->bytes_max < FETCH_BYTES_MAX)
		bytes_max = request->bytes_max;
	text_init(&fetch.body, call->arena, bytes_max);
	if ((result = headers_build(call, request, &fetch)) != RESULT_OK)
		goto out;
	if ((fetch.easy = curl_easy_init()) == NULL)
		fatal("out of memory");
	limits_set(fetch.easy, request, bytes_max);
	if ((fetch.transfer.is_public_only = verdict == FETCH_PUBLIC))
		guard_set(fetch.easy);
	request_set(fetch.easy, request, &fetch);
	if (!transfer_begin(&fetch.transfer, fetch.easy)) {
		out->problem = "no more fetches now";
		result = RESULT_UNAVAILABLE;
		goto out;
	}
	result = wait_until_done(call, &fetch.transfer.wait, true);
	transfer_end(&fetch.transfer, fetch.easy);
	if (result == RESULT_OK)
		result = answer_read(call, &fetch, out);
out:
	if (fetch.easy != NULL)
		curl_easy_cleanup(fetch.easy);
	curl_slist_free_all(fetch.headers);
	return (result);
}
