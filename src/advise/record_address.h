/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Report addresses as records take them. */
#ifndef MAILSEAL_ADVISE_RECORD_ADDRESS_H
#define MAILSEAL_ADVISE_RECORD_ADDRESS_H

#include "base/base.h"

/* Stands where only the owner knows what belongs there; makes a value a template. */
#define RECORD_ADDRESS_TEMPLATE "mailto:<YOUR-REPORT-ADDRESS>"

/*
 * "a@example.org" or "mailto:a@example.org" -> "mailto:a@example.org" with what would end the URI
 * percent-encoded; "https://..." stays when is_https_ok, the template always. The domain becomes
 * A-labels. A failure says what is wrong with the address.
 */
int record_address_uri(struct arena *arena, struct span address, bool is_https_ok,
		       struct span *ret_uri, struct failure *reterr) MUST_CHECK;
/* Several, with commas; an empty span for none. */
int record_address_list(struct arena *arena, const struct span *addresses, size_t count,
			bool is_https_ok, struct span *ret_value,
			struct failure *reterr) MUST_CHECK;

#endif
