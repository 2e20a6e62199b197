/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The message that shows what an attempt does, and its judgement. Only service/spoof uses this. */
#ifndef MAILSEAL_SERVICE_SPOOF_WITNESS_H
#define MAILSEAL_SERVICE_SPOOF_WITNESS_H

#include "authenticate/spoof_report.h"
#include "crypto/private_key.h"
#include "service/verify.h"

/*
 * The complete message with CRLF line ends, signed when there is a key (NULL: none). An empty span
 * when it could not be made.
 */
struct span witness_write(struct arena *arena, const struct spoof_attempt *attempt,
			  const struct private_key *key, int64_t now);
/* Does the judgement of the message give what the attempt claims? */
bool witness_confirms(const struct spoof_attempt *attempt, const struct message_check *check);

#endif
