/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The MTA-STS policy behind a record, for programs. */
#ifndef MAILSEAL_PRESENT_POLICY_JSON_H
#define MAILSEAL_PRESENT_POLICY_JSON_H

#include "assess/mta_sts.h"
#include "base/json.h"

/* How the fetch ended and what the policy says, or null when none was made. */
void policy_json(const struct mta_sts_view *view, struct json_writer *json);

#endif
