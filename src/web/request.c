/* Reading a request's headers; names compare without case (RFC 9110, 5.1). */
#include "web/request.h"

#include "base/text.h"

const char *
request_header(const struct request *request, const char *name)
{
	for (size_t i = 0; i < request->header_count; i++) {
		if (text_equal_nocase(request->headers[i].name, name))
			return (request->headers[i].value);
	}
	return (NULL);
}

size_t
request_header_count(const struct request *request, const char *name)
{
	size_t found = 0;

	for (size_t i = 0; i < request->header_count; i++) {
		if (text_equal_nocase(request->headers[i].name, name))
			found++;
	}
	return (found);
}

const char *
method_name(enum method method)
{
	switch (method) {
	case METHOD_GET:
		return ("GET");
	case METHOD_HEAD:
		return ("HEAD");
	case METHOD_POST:
		return ("POST");
	case METHOD_PUT:
		return ("PUT");
	case METHOD_PATCH:
		return ("PATCH");
	case METHOD_DELETE:
		return ("DELETE");
	case METHOD_OPTIONS:
		return ("OPTIONS");
	}
	return ("?");
}
