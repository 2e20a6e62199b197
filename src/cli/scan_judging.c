/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From the command line to what the engine judges by. */
#include "cli/scan_judging.h"

static bool read_in_flight(uint64_t wanted, unsigned *ret_in_flight)
{
	if (wanted > SCAN_MAX_IN_FLIGHT) {
		complain("--in-flight", "at most %d: more at once is slower", SCAN_MAX_IN_FLIGHT);
		return false;
	}
	*ret_in_flight = wanted > 0 ? (unsigned)wanted : SCAN_IN_FLIGHT;
	return true;
}

bool scan_judging_read(const struct scan_judging_options *options, struct session *session,
		       struct scan_options *scan)
{
	const struct profile **profiles;
	struct span *selectors =
		arena_alloc(session->arena, options->selectors.count * sizeof(*selectors));
	if (selectors == NULL || !read_in_flight(options->in_flight, &scan->max_in_flight) ||
	    !session_profiles(session, &options->profiles, &profiles, &scan->profile_count)) {
		return false;
	}
	for (size_t i = 0; i < options->selectors.count; i++) {
		selectors[i] = span_of_string(options->selectors.items[i]);
	}
	scan->profiles = profiles;
	scan->assess = (struct assess_options){
		.now = options->now != NULL ? session->now : 0,
		.suffixes = session->suffixes,
		.providers = session->providers,
		.selectors = selectors,
		.selector_count = options->selectors.count,
	};
	return true;
}
