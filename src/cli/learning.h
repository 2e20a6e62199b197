/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What reports in a database teach about domains that are about to be judged. */
#ifndef MAILSEAL_CLI_LEARNING_H
#define MAILSEAL_CLI_LEARNING_H

#include "cli/session.h"
#include "service/learner.h"

/* The usual window of time, for check, scan and watch alike. The session must outlive them. */
struct senders_options learning_options(const struct session *session);
/* Both must outlive the learner. */
int learning_open(const struct session *session, struct store *store, struct learner **ret_learner,
		  struct failure *reterr) MUST_CHECK;

#endif
