/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What is known of one domain so far. */
#include "service/scan_job.h"

#include <stdlib.h>

#include "records/name.h"

/* Appends a copy to the text of a job. */
static struct span keep(char **at, struct span s)
{
	if (s.len > 0) {
		memcpy(*at, s.ptr, s.len);
	}
	struct span copy = span_of(*at, s.len);
	*at += s.len;
	return copy;
}

struct scan_job *scan_job_new(const struct scan_item *item, int64_t now, uint64_t seed)
{
	struct scan_job *job = calloc(1, sizeof(*job));
	if (job == NULL) {
		return NULL;
	}
	job->text = malloc(item->domain.len + item->owner.len + item->group.len + 1);
	job->facts = facts_new(seed);
	if (job->text == NULL || job->facts == NULL) {
		scan_job_free(job);
		return NULL;
	}
	char *at = job->text;
	job->item = (struct scan_item){
		.domain = keep(&at, item->domain),
		.owner = keep(&at, item->owner),
		.group = keep(&at, item->group),
		.ticket = item->ticket,
	};
	job->now = now;
	return job;
}

void scan_job_free(struct scan_job *job)
{
	if (job != NULL) {
		facts_free(job->facts);
		free(job->text);
		free(job);
	}
}

bool scan_job_owns(const struct scan_job *job, struct fact_key key)
{
	return key.kind == FACT_DNS && name_is_at_or_under(key.subject, job->item.domain);
}

/* Nobody answers, or only to say that it cannot. */
static bool is_out_of_order(const struct fact *fact)
{
	return fact->state == FACT_FAILED &&
	       (fact->failure == FACT_FAILURE_TIMEOUT || fact->failure == FACT_FAILURE_REFUSED ||
		fact->failure == FACT_FAILURE_SERVFAIL);
}

static bool says_dead(const struct scan_job *job, const struct fact *fact)
{
	return !job->is_alive && fact->key.kind == FACT_DNS && is_out_of_order(fact) &&
	       span_equal(fact->key.subject, job->item.domain);
}

struct fact_key scan_job_servers(const struct scan_job *job)
{
	return (struct fact_key){FACT_DNS, RR_NS, job->item.domain};
}

int scan_job_take(struct scan_job *job, const struct fact *fact, struct failure *reterr)
{
	bool is_about_servers = fact->key.kind == FACT_DNS && fact->key.type == RR_NS &&
				span_equal(fact->key.subject, job->item.domain);
	if (job->has_servers || !is_about_servers) {
		return scan_job_add(job, fact, reterr);
	}
	job->has_servers = true;
	if (is_out_of_order(fact)) {
		job->is_doubtful = true;
	} else {
		job->is_alive = true;
		job->dead = NULL;
	}
	return 0;
}

int scan_job_add(struct scan_job *job, const struct fact *fact, struct failure *reterr)
{
	int r = facts_add(job->facts, fact, reterr);
	if (r < 0) {
		return r;
	}
	if (!fact_is_unknown(fact) && scan_job_owns(job, fact->key)) {
		job->is_alive = true;
		job->dead = NULL;
	} else if (says_dead(job, fact)) {
		job->dead = facts_get(job->facts, fact->key);
	}
	return 0;
}

int scan_job_add_dead(struct scan_job *job, struct fact_key key, bool *ret_is_added,
		      struct failure *reterr)
{
	*ret_is_added = job->dead != NULL && job->is_doubtful && scan_job_owns(job, key);
	if (!*ret_is_added) {
		return 0;
	}
	struct fact fact = *job->dead;
	fact.key = key;
	return facts_add(job->facts, &fact, reterr);
}

static bool is_failed(const struct fact *fact)
{
	switch (fact->failure) {
	case FACT_FAILURE_SERVFAIL:
	case FACT_FAILURE_REFUSED:
	case FACT_FAILURE_TIMEOUT:
	case FACT_FAILURE_NETWORK:
	case FACT_FAILURE_LIMIT:
	case FACT_FAILURE_INTERRUPTED:
		return true;
	case FACT_FAILURE_NONE:
	case FACT_FAILURE_BOGUS:
	case FACT_FAILURE_MALFORMED:
	case FACT_FAILURE_NOT_RECORDED:
	case FACT_FAILURE_NOT_ASKED:
	case FACT_FAILURE_FILTERED:
		break;
	}
	return false;
}

bool scan_is_unknown(const struct facts *facts)
{
	for (size_t i = 0; i < facts_count(facts); i++) {
		const struct fact *fact = facts_at(facts, i);
		if (fact_is_unknown(fact) && is_failed(fact)) {
			return true;
		}
	}
	return false;
}
