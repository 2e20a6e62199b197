/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* An OCSP response about a certificate: two octets say how long the response is, the leaf and its
 * issuer follow it, each behind two octets of length. */
#include "fuzz.h"

#include "crypto/ocsp.h"

#define PARTS 3

static struct span take_part(struct span *rest)
{
	size_t len = 0;
	for (size_t i = 0; i < 2 && i < rest->len; i++) {
		len = len << 8 | (unsigned char)rest->ptr[i];
	}
	struct span part = span_slice(*rest, 2, len);
	*rest = span_from(*rest, 2 + part.len);
	return part;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_of(data, size);
	struct span parts[PARTS];
	for (size_t i = 0; i < PARTS; i++) {
		parts[i] = take_part(&rest);
	}
	struct ocsp_view view = ocsp_read(parts[0], &parts[1], PARTS - 1);
	bool is_told = view.status == OCSP_GOOD || view.status == OCSP_REVOKED ||
		       view.status == OCSP_UNKNOWN;
	FUZZ_CHECK(is_told || (view.this_update == 0 && view.revoked_at == 0));
	FUZZ_CHECK(strlen(ocsp_status_name(view.status)) > 0);
	return 0;
}
