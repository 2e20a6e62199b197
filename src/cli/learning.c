/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From a session to a learner. */
#include "cli/learning.h"

struct senders_options learning_options(const struct session *session)
{
	return (struct senders_options){
		.suffixes = session->suffixes,
		.providers = session->providers,
		.now = session->now,
		.days = LEARN_DAYS,
		.recent_days = LEARN_RECENT_DAYS,
	};
}

int learning_open(const struct session *session, struct store *store, struct learner **ret_learner,
		  struct failure *reterr)
{
	const struct senders_options options = learning_options(session);
	*ret_learner = learner_new(store, &options);
	return *ret_learner != NULL ? 0 : failure_set_memory(reterr, "read the reports");
}
