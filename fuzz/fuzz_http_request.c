/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What a client says to the port of the metrics, in one piece and octet by octet. */
#include "fuzz.h"

#include "net/http_request.h"

static bool lies_in(struct span part, struct span whole)
{
	return part.len == 0 ||
	       (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span octets =
		span_of(data, size < HTTP_REQUEST_MAX_BYTES ? size : HTTP_REQUEST_MAX_BYTES);
	struct http_request request = {0};
	enum http_request_state whole = http_request_read(octets, &request);
	if (whole == HTTP_REQUEST_READ) {
		FUZZ_CHECK(lies_in(request.method, octets) && request.method.len > 0);
		FUZZ_CHECK(lies_in(request.target, octets) && request.target.len > 0);
		FUZZ_CHECK(lies_in(request.host, octets));
	}
	/* Whoever reads as it comes sees the same. */
	enum http_request_state state = HTTP_REQUEST_MORE;
	for (size_t len = 0; len <= octets.len && state == HTTP_REQUEST_MORE; len++) {
		state = http_request_read(span_slice(octets, 0, len), &request);
	}
	FUZZ_CHECK(state == whole);
	return 0;
}
