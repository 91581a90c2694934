/* What a refusal of the strict check is called, and its status. */
#include "web/strict_http.h"

static const struct {
	int status;
	const char *reason;
} verdicts[STRICT_VERDICTS] = {
    [STRICT_FINE] = {200, "strict.fine"},
    [STRICT_INCOMPLETE] = {408, "strict.incomplete"},
    [STRICT_BAD_BYTE] = {400, "strict.bad_byte"},
    [STRICT_BARE_CR] = {400, "strict.bare_cr"},
    [STRICT_BARE_LF] = {400, "strict.bare_lf"},
    [STRICT_BAD_REQUEST_LINE] = {400, "strict.bad_request_line"},
    [STRICT_BAD_TARGET] = {400, "strict.bad_target"},
    [STRICT_TARGET_TOO_LONG] = {414, "strict.target_too_long"},
    [STRICT_UNKNOWN_METHOD] = {501, "strict.unknown_method"},
    [STRICT_BAD_VERSION] = {505, "strict.bad_version"},
    [STRICT_METHOD_NEEDS_HTTP_11] = {400, "strict.method_needs_http_11"},
    [STRICT_BAD_FIELD_NAME] = {400, "strict.bad_field_name"},
    [STRICT_FOLDED_FIELD] = {400, "strict.folded_field"},
    [STRICT_BAD_FIELD_VALUE] = {400, "strict.bad_field_value"},
    [STRICT_FIELD_TWICE] = {400, "strict.field_twice"},
    [STRICT_TOO_MANY_FIELDS] = {431, "strict.too_many_fields"},
    [STRICT_TOO_MANY_COOKIES] = {431, "strict.too_many_cookies"},
    [STRICT_HEAD_TOO_LARGE] = {431, "strict.head_too_large"},
    [STRICT_HOST_MISSING] = {400, "strict.host_missing"},
    [STRICT_HOST_MALFORMED] = {400, "strict.host_malformed"},
    [STRICT_HOST_LOOKALIKE] = {400, "strict.host_lookalike"},
    [STRICT_HOST_UNKNOWN] = {421, "strict.host_unknown"},
    [STRICT_AUTHORITY_DIFFERS] = {400, "strict.authority_differs"},
    [STRICT_TRANSFER_ENCODING] = {501, "strict.transfer_encoding"},
    [STRICT_LENGTH_MALFORMED] = {400, "strict.length_malformed"},
    [STRICT_LENGTH_REQUIRED] = {411, "strict.length_required"},
    [STRICT_BODY_NOT_ALLOWED] = {400, "strict.body_not_allowed"},
    [STRICT_BODY_TOO_LARGE] = {413, "strict.body_too_large"},
    [STRICT_MORE_THAN_LENGTH] = {400, "strict.more_than_length"},
    [STRICT_EXPECTATION_UNKNOWN] = {417, "strict.expectation_unknown"},
};

int
strict_status(enum strict_verdict verdict)
{
	return (verdicts[verdict].status);
}

const char *
strict_reason(enum strict_verdict verdict)
{
	return (verdicts[verdict].reason);
}
