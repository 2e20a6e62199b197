/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Trace fields of a judged message: Authentication-Results (RFC 8601) and Received-SPF. */
#ifndef MAILSEAL_AUTHENTICATE_RESULTS_FIELD_H
#define MAILSEAL_AUTHENTICATE_RESULTS_FIELD_H

#include "authenticate/message_check.h"

/* Ten signatures with their names, SPF and DMARC. */
#define RESULTS_FIELD_MAX ((size_t)64 << 10)

/* Appends the field with its CRLF. id: the authserv-id, the name of the host that judged. */
void results_field_write(const struct message_check *check, struct span id, struct buffer *text);
/* The same without the name of the field, as sign_arc() takes it. */
void results_field_write_bare(const struct message_check *check, struct span id,
			      struct buffer *text);
/* RFC 7208 9.1, of one identity. */
void results_field_write_spf(const struct message_check *check, const struct spf_check *spf,
			     struct span receiver, struct buffer *text);
/* The same for each identity that was checked, HELO first; nothing when none was. */
void results_field_write_all_spf(const struct message_check *check, struct span receiver,
				 struct buffer *text);

#endif
