/* The strict check of a raw request head (RFC 9112; H-01 to H-08). */
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "web/strict_http.h"
#include "web/strict_span.h"

enum { LENGTH_DIGITS_MAX = 10, REQUEST_LINE_EXTRA = 32 };

static const struct method_rule {
	const char *name;
	bool has_body;
	bool is_in_http_10;
} method_rules[] = {
    {"GET", false, true},
    {"POST", true, true},
    {"HEAD", false, true},
    {"PUT", true, false},
    {"PATCH", true, false},
    {"DELETE", false, false},
    {"OPTIONS", false, false},
};

struct reading {
	const struct strict_rules *rules;
	const struct method_rule *method;
	struct strict_head *head;
	struct span target, host;
	unsigned fields, cookies;
	unsigned known_seen; /* bits by index of field_rules */
	bool has_length;
};

/* head_length: 0 while the empty line has not come. */
static enum strict_verdict
head_size_judge(const char *buffer, size_t length, size_t head_length)
{
	if (head_length > STRICT_HEAD_MAX)
		return (STRICT_HEAD_TOO_LARGE);
	if (head_length != 0)
		return (STRICT_FINE);
	if (length > STRICT_TARGET_MAX + REQUEST_LINE_EXTRA &&
	    memchr(buffer, '\n', STRICT_TARGET_MAX + REQUEST_LINE_EXTRA) == NULL)
		return (STRICT_TARGET_TOO_LONG);
	return (length >= STRICT_HEAD_MAX ? STRICT_HEAD_TOO_LARGE : STRICT_INCOMPLETE);
}

/* Looks at each byte once, as it comes in: controls and line ends. Sets *head_length when the empty
 * line is found. */
static enum strict_verdict
head_scan(const char *buffer, size_t length, size_t *seen, size_t *head_length)
{
	size_t i;

	*head_length = 0;
	for (i = *seen; i < length; i++) {
		if (buffer[i] == '\r') {
			if (i + 1 == length)
				break;
			if (buffer[i + 1] != '\n')
				return (STRICT_BARE_CR);
			if (i == 0)
				return (STRICT_BAD_REQUEST_LINE);
			if (i >= 2 && buffer[i - 1] == '\n') {
				*head_length = i + 2;
				break;
			}
			i++;
		} else if (buffer[i] == '\n') {
			return (STRICT_BARE_LF);
		} else if (is_control(buffer[i]) && buffer[i] != '\t') {
			return (STRICT_BAD_BYTE);
		}
	}
	*seen = i;
	return (head_size_judge(buffer, length, *head_length));
}

static enum strict_verdict
method_read(struct reading *reading, struct span word)
{
	size_t i;

	for (i = 0; i < word.length; i++)
		if (!is_token_byte(word.start[i]))
			return (STRICT_BAD_REQUEST_LINE);
	for (i = 0; i < sizeof(method_rules) / sizeof(method_rules[0]); i++)
		if (word.length == strlen(method_rules[i].name) &&
		    memcmp(word.start, method_rules[i].name, word.length) == 0)
			reading->method = &method_rules[i];
	if (word.length == 0)
		return (STRICT_BAD_REQUEST_LINE);
	return (reading->method == NULL ? STRICT_UNKNOWN_METHOD : STRICT_FINE);
}

static enum strict_verdict
version_read(struct reading *reading, struct span word)
{
	if (word.length != 8 || memcmp(word.start, "HTTP/", 5) != 0 || !is_digit(word.start[5]) ||
	    word.start[6] != '.' || !is_digit(word.start[7]))
		return (STRICT_BAD_REQUEST_LINE);
	if (word.start[5] != '1' || word.start[7] > '1')
		return (STRICT_BAD_VERSION);
	reading->head->is_http_10 = word.start[7] == '0';
	reading->head->wants_close = reading->head->is_http_10;
	if (reading->head->is_http_10 && !reading->method->is_in_http_10)
		return (STRICT_METHOD_NEEDS_HTTP_11);
	return (STRICT_FINE);
}

static enum strict_verdict
target_read(struct reading *reading, struct span word)
{
	size_t i;

	if (word.length > STRICT_TARGET_MAX)
		return (STRICT_TARGET_TOO_LONG);
	if (word.length == 0)
		return (STRICT_BAD_REQUEST_LINE);
	for (i = 0; i < word.length; i++)
		if (!is_printable(word.start[i]) || word.start[i] == ' ' || word.start[i] == '#')
			return (STRICT_BAD_TARGET);
	reading->target = word;
	return (STRICT_FINE);
}

/* method SP request-target SP HTTP-version, single spaces (RFC 9112, 3). */
static enum strict_verdict
request_line_read(struct reading *reading, struct span line)
{
	enum strict_verdict verdict;
	struct span method, target, version;
	char *first, *last;

	first = memchr(line.start, ' ', line.length);
	last = memrchr(line.start, ' ', line.length);
	if (first == NULL || last == first)
		return (STRICT_BAD_REQUEST_LINE);
	method = (struct span){line.start, (size_t)(first - line.start)};
	target = (struct span){first + 1, (size_t)(last - first) - 1};
	version = (struct span){last + 1, line.length - (size_t)(last - line.start) - 1};
	if ((verdict = method_read(reading, method)) != STRICT_FINE ||
	    (verdict = version_read(reading, version)) != STRICT_FINE)
		return (verdict);
	return (target_read(reading, target));
}

static enum strict_verdict
host_read(struct reading *reading, struct span raw)
{
	struct span value = span_trim(raw);

	if (value.length > STRICT_HOST_MAX || !span_is_host(value))
		return (STRICT_HOST_MALFORMED);
	reading->host = value;
	return (STRICT_FINE);
}

/* Digits with at most one space before them: whatever else a parser might forgive is refused. */
static enum strict_verdict
length_read(struct reading *reading, struct span raw)
{
	size_t i, value = 0;

	if (raw.length > 0 && raw.start[0] == ' ')
		raw.start++, raw.length--;
	if (raw.length == 0 || raw.length > LENGTH_DIGITS_MAX ||
	    (raw.length > 1 && raw.start[0] == '0'))
		return (STRICT_LENGTH_MALFORMED);
	for (i = 0; i < raw.length; i++) {
		if (!is_digit(raw.start[i]))
			return (STRICT_LENGTH_MALFORMED);
		value = value * 10 + (size_t)(raw.start[i] - '0');
	}
	reading->head->body_length = value;
	reading->has_length = true;
	return (STRICT_FINE);
}

static enum strict_verdict
transfer_encoding_read(struct reading *reading, struct span raw)
{
	(void)reading;
	(void)raw;
	return (STRICT_TRANSFER_ENCODING);
}

/* Only "close" is ours: what else it names is never removed (H-08). */
static enum strict_verdict
connection_read(struct reading *reading, struct span raw)
{
	struct span list = raw, word;

	while (span_next(&list, &word))
		if (span_is(word, "close"))
			reading->head->wants_close = true;
	return (STRICT_FINE);
}

static enum strict_verdict
expect_read(struct reading *reading, struct span raw)
{
	if (!span_is(span_trim(raw), "100-continue"))
		return (STRICT_EXPECTATION_UNKNOWN);
	reading->head->expects_continue = !reading->head->is_http_10;
	return (STRICT_FINE);
}

static enum strict_verdict
cookie_read(struct reading *reading, struct span raw)
{
	size_t i;

	reading->cookies++;
	for (i = 0; i < raw.length; i++)
		reading->cookies += raw.start[i] == ';';
	return (reading->cookies > STRICT_COOKIES_MAX ? STRICT_TOO_MANY_COOKIES : STRICT_FINE);
}

#define FIELD_ONCE 0x1	/* a second one is refused */
#define FIELD_PLAIN 0x2 /* decides something: TAB and 8-bit bytes are refused, not rewritten */

#define RULE(name) name, sizeof(name) - 1

static const struct field_rule {
	const char *name;
	size_t length;
	unsigned flags;
	enum strict_verdict (*read)(struct reading *, struct span raw);
} field_rules[] = {
    {RULE("host"), FIELD_ONCE | FIELD_PLAIN, host_read},
    {RULE("content-length"), FIELD_ONCE | FIELD_PLAIN, length_read},
    {RULE("transfer-encoding"), 0, transfer_encoding_read},
    {RULE("connection"), FIELD_PLAIN, connection_read},
    {RULE("expect"), FIELD_ONCE | FIELD_PLAIN, expect_read},
    {RULE("cookie"), 0, cookie_read},
    {RULE("authorization"), FIELD_ONCE | FIELD_PLAIN, NULL},
    {RULE("content-type"), FIELD_ONCE | FIELD_PLAIN, NULL},
    {RULE("dpop"), FIELD_ONCE | FIELD_PLAIN, NULL},
    {RULE("origin"), FIELD_ONCE | FIELD_PLAIN, NULL},
    {RULE("sec-fetch-site"), FIELD_ONCE | FIELD_PLAIN, NULL},
    {RULE("sec-fetch-mode"), FIELD_ONCE | FIELD_PLAIN, NULL},
    {RULE("if-match"), FIELD_PLAIN, NULL},
    {RULE("forwarded"), FIELD_PLAIN, NULL},
    {RULE("x-forwarded-for"), FIELD_PLAIN, NULL},
    {RULE("x-forwarded-host"), FIELD_PLAIN, NULL},
    {RULE("x-forwarded-proto"), FIELD_PLAIN, NULL},
};

static const struct field_rule *
field_rule_find(struct span name)
{
	size_t i;

	for (i = 0; i < sizeof(field_rules) / sizeof(field_rules[0]); i++)
		if (name.length == field_rules[i].length && span_is(name, field_rules[i].name))
			return (&field_rules[i]);
	return (NULL);
}

/* Makes a value that decides nothing printable; refuses the same bytes where they could decide. */
static enum strict_verdict
field_bytes_settle(struct span raw, bool is_plain)
{
	size_t i;

	for (i = 0; i < raw.length; i++) {
		if (is_printable(raw.start[i]))
			continue;
		if (is_plain)
			return (STRICT_BAD_FIELD_VALUE);
		raw.start[i] = raw.start[i] == '\t' ? ' ' : '?';
	}
	return (STRICT_FINE);
}

static enum strict_verdict
field_known_read(struct reading *reading, const struct field_rule *rule, struct span raw)
{
	unsigned bit = 1U << (rule - field_rules);

	if ((rule->flags & FIELD_ONCE) && (reading->known_seen & bit))
		return (STRICT_FIELD_TWICE);
	reading->known_seen |= bit;
	return (rule->read == NULL ? STRICT_FINE : rule->read(reading, raw));
}

/* One header line, without its line end. *is_empty: it has no value and may go. */
static enum strict_verdict
field_read(struct reading *reading, struct span line, bool *is_empty)
{
	const struct field_rule *rule;
	enum strict_verdict verdict;
	struct span name, raw;

	if (*line.start == ' ' || *line.start == '\t')
		return (STRICT_FOLDED_FIELD);
	if (++reading->fields > STRICT_FIELDS_MAX)
		return (STRICT_TOO_MANY_FIELDS);
	for (name = (struct span){line.start, 0}; name.length < line.length; name.length++)
		if (!is_token_byte(line.start[name.length]))
			break;
	if (name.length == 0 || name.length == line.length || line.start[name.length] != ':')
		return (STRICT_BAD_FIELD_NAME);
	raw = (struct span){line.start + name.length + 1, line.length - name.length - 1};

	rule = field_rule_find(name);
	if (rule == NULL && name.length > 4 && strncasecmp(name.start, "host", 4) == 0)
		return (STRICT_HOST_LOOKALIKE);
	if ((verdict = field_bytes_settle(raw, rule != NULL && (rule->flags & FIELD_PLAIN))) !=
	    STRICT_FINE)
		return (verdict);
	*is_empty = span_trim(raw).length == 0;
	return (rule == NULL ? STRICT_FINE : field_known_read(reading, rule, raw));
}

/* Takes bytes out of the buffer; what follows moves up. */
static void
buffer_cut(char *buffer, size_t *length, char *from, size_t count)
{
	memmove(from, from + count, *length - (size_t)(from - buffer) - count);
	*length -= count;
}

static enum strict_verdict
fields_read(struct reading *reading, char *buffer, size_t *length, char *line)
{
	struct strict_head *head = reading->head;
	enum strict_verdict verdict;
	bool is_empty = false;
	size_t line_length;

	while (*line != '\r') {
		line_length = (size_t)((char *)memchr(line, '\r', head->head_length) - line);
		if ((verdict = field_read(reading, (struct span){line, line_length}, &is_empty)) !=
		    STRICT_FINE)
			return (verdict);
		if (is_empty) {
			buffer_cut(buffer, length, line, line_length + 2);
			head->head_length -= line_length + 2;
		} else {
			line += line_length + 2;
		}
	}
	return (STRICT_FINE);
}

static bool
host_is_allowed(const struct strict_rules *rules, struct span host)
{
	const char *const *allowed;

	if (rules->hosts == NULL)
		return (true);
	for (allowed = rules->hosts; *allowed != NULL; allowed++)
		if (span_is(host, *allowed))
			return (true);
	return (false);
}

/* Origin-form stays; absolute-form of our own authority becomes origin-form; the rest is refused
 * (RFC 9112, 3.2). */
static enum strict_verdict
target_settle(struct reading *reading, char *buffer, size_t *length)
{
	struct span target = reading->target, authority;
	size_t scheme = 0;

	if (*target.start == '/')
		return (STRICT_FINE);
	if (target.length > 8 && strncasecmp(target.start, "https://", 8) == 0)
		scheme = 8;
	else if (target.length > 7 && strncasecmp(target.start, "http://", 7) == 0)
		scheme = 7;
	else
		return (STRICT_BAD_TARGET);
	authority = (struct span){target.start + scheme, 0};
	while (scheme + authority.length < target.length &&
	       strchr("/?", authority.start[authority.length]) == NULL)
		authority.length++;
	if (authority.length != reading->host.length ||
	    strncasecmp(authority.start, reading->host.start, authority.length) != 0)
		return (STRICT_AUTHORITY_DIFFERS);
	if (scheme + authority.length == target.length || authority.start[authority.length] != '/')
		return (STRICT_BAD_TARGET);
	buffer_cut(buffer, length, target.start, scheme + authority.length);
	reading->head->head_length -= scheme + authority.length;
	return (STRICT_FINE);
}

static enum strict_verdict
body_settle(struct reading *reading, size_t received)
{
	struct strict_head *head = reading->head;

	if (!reading->method->has_body && head->body_length > 0)
		return (STRICT_BODY_NOT_ALLOWED);
	if (reading->method->has_body && !reading->has_length)
		return (STRICT_LENGTH_REQUIRED);
	if (head->body_length > reading->rules->body_max)
		return (STRICT_BODY_TOO_LARGE);
	if (received > head->body_length)
		return (STRICT_MORE_THAN_LENGTH);
	if (head->body_length == 0)
		head->expects_continue = false;
	return (STRICT_FINE);
}

enum strict_verdict
strict_http_read(char *buffer, size_t *length, size_t *seen, const struct strict_rules *rules,
    struct strict_head *out)
{
	struct strict_head head = {0};
	struct reading reading = {.rules = rules, .head = &head};
	enum strict_verdict verdict;
	struct span line;

	if ((verdict = head_scan(buffer, *length, seen, &head.head_length)) != STRICT_FINE)
		return (verdict);
	line.start = buffer;
	line.length = (size_t)((char *)memchr(buffer, '\r', head.head_length) - buffer);
	if ((verdict = request_line_read(&reading, line)) != STRICT_FINE ||
	    (verdict = fields_read(&reading, buffer, length, line.start + line.length + 2)) !=
		STRICT_FINE)
		return (verdict);
	if (reading.host.start == NULL)
		return (STRICT_HOST_MISSING);
	if (!host_is_allowed(rules, reading.host))
		return (STRICT_HOST_UNKNOWN);
	if ((verdict = target_settle(&reading, buffer, length)) != STRICT_FINE ||
	    (verdict = body_settle(&reading, *length - head.head_length)) != STRICT_FINE)
		return (verdict);
	*out = head;
	return (STRICT_FINE);
}
