/* The bytes of an answer. Kore's own writer is not used: it knows neither Date nor our envelope
 * (K-17). */
#include <stdio.h>

#include "base/clock.h"
#include "web/kore_answer.h"

static const char strictest_csp[] = "default-src 'none'; frame-ancestors 'none'";

static const struct {
	int status;
	const char *text;
} status_texts[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

static bool is_https;

void
answer_start(bool https)
{
	is_https = https;
}

static const char *
status_text(int status)
{
	size_t i;

	for (i = 0; i < sizeof(status_texts) / sizeof(status_texts[0]); i++)
		if (status_texts[i].status == status)
			return (status_texts[i].text);
	return ("");
}

/* The date of this second. */
static const char *
date_now(void)
{
	static char text[CLOCK_TEXT_MAX];
	static int64_t second;
	int64_t now = clock_now();

	if (now != second) {
		clock_http_date(now, text);
		second = now;
	}
	return (text);
}

bool
answer_has_body(int status)
{
	return (status != 204 && status != 304);
}

void
answer_write_head(struct text *out, const struct reply *reply, const char *request_id, bool closes)
{
	const struct reply_header *header;

	text_addf(out, "HTTP/1.1 %d %s\r\nServer: latchkey\r\nDate: %s\r\nX-Request-Id: %s\r\n",
	    reply->status, status_text(reply->status), date_now(), request_id);
	if (reply->content_type != NULL && answer_has_body(reply->status)) {
		text_add(out, "Content-Type: ");
		text_add(out, reply->content_type);
		text_add(out, "\r\n");
	}
	if (answer_has_body(reply->status))
		text_addf(out, "Content-Length: %zu\r\n", reply->length);
	text_add(out, "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
		      "Referrer-Policy: no-referrer\r\nContent-Security-Policy: ");
	text_add(out, reply->csp == NULL ? strictest_csp : reply->csp);
	text_add(out, "\r\n");
	if (is_https)
		text_add(out, "Strict-Transport-Security: max-age=63072000\r\n");
	if (!reply->is_cacheable && reply_header_value(reply, "Cache-Control") == NULL)
		text_add(out, "Cache-Control: no-store\r\n");
	for (header = reply->headers; header != NULL; header = header->next) {
		text_add(out, header->name);
		text_add(out, ": ");
		text_add(out, header->value);
		text_add(out, "\r\n");
	}
	text_add(out, closes ? "Connection: close\r\n\r\n" : "\r\n");
}

size_t
answer_write_bare(char out[ANSWER_BARE_MAX], int status)
{
	int length;

	length = snprintf(out, ANSWER_BARE_MAX,
	    "HTTP/1.1 %d %s\r\nServer: latchkey\r\nDate: %s\r\nContent-Length: 0\r\n"
	    "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n%sConnection: "
	    "close\r\n\r\n",
	    status, status_text(status), date_now(), status == 503 ? "Retry-After: 1\r\n" : "");
	return (length < 0 ? 0 : (size_t)length);
}
