/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The collector of a check as a fact source for batches. */
#include "collect/patient.h"

#include <stdlib.h>

#include "collect/batches.h"
#include "collect/crew.h"
#include "collect/dns_collector.h"

/* A batch of failed look-ups at a time. */
#define PATIENT_SOCKETS 128

struct patient {
	struct fact_source source; /* first: answer() casts back */
	struct patient_options options;
	struct dns_collector *dns; /* NULL until it is needed */
	struct batches *batches;
};

/* The same way as the flow goes, without trying the others and telling about it again. */
static int make_collector(struct patient *patient, struct failure *reterr)
{
	struct dns_collector_options options = *patient->options.dns;
	struct dns_way way;
	options.notice = NULL;
	options.progress = NULL;
	options.max_sockets = PATIENT_SOCKETS;
	int r = dns_collector_new(&options, &patient->dns, reterr);
	if (r == 0 && dns_flow_way(patient->options.flow, &way)) {
		r = dns_collector_use_way(patient->dns, way, reterr);
		patient->dns->has_chosen = true;
	}
	return r;
}

static void tell_servers(const struct patient *patient, const struct wants *wants,
			 const struct facts *facts)
{
	for (size_t i = 0; i < wants_count(wants); i++) {
		const struct fact *fact = facts_get(facts, wants_at(wants, i));
		if (fact != NULL && fact->key.type == RR_NS && fact_is_present(fact)) {
			patient->options.teach(patient->options.context, fact);
		}
	}
}

static int answer(struct fact_source *source, const struct wants *wants, struct facts *facts,
		  struct failure *reterr)
{
	struct patient *patient = (struct patient *)source;
	int r = patient->dns == NULL ? make_collector(patient, reterr) : 0;
	if (r < 0) {
		return r;
	}
	dns_collector_begin(patient->dns);
	struct fact_source *collector = dns_collector_source(patient->dns);
	r = collector->answer(collector, wants, facts, reterr);
	if (r == 0) {
		tell_servers(patient, wants, facts);
	}
	return r;
}

struct patient *patient_start(const struct patient_options *options)
{
	struct patient *patient = calloc(1, sizeof(*patient));
	if (patient == NULL) {
		return NULL;
	}
	*patient = (struct patient){.source.answer = answer, .options = *options};
	patient->batches = batches_start(&patient->source, options->failed, options->answers,
					 CREW_PATIENT_BATCH);
	if (patient->batches == NULL) {
		free(patient);
		return NULL;
	}
	return patient;
}

void patient_end(struct patient *patient)
{
	if (patient != NULL) {
		batches_end(patient->batches);
		dns_collector_free(patient->dns);
		free(patient);
	}
}
