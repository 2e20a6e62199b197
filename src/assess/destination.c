/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Judges report addresses. */
#include "assess/destination.h"

#include "assess/registration.h"

static bool is_usable(const struct dmarc_uri *uri, const struct destination_rules *rules)
{
	bool is_known_scheme = uri->is_mailto || (uri->is_https && rules->is_https_ok);
	return uri->is_valid && is_known_scheme && uri->host.len > 0;
}

static bool is_same(const struct dmarc_uri *one, const struct dmarc_uri *other)
{
	if (one->is_mailto && other->is_mailto && one->is_valid && other->is_valid) {
		return span_equal_nocase(one->address, other->address);
	}
	return span_equal_nocase(one->text, other->text);
}

static bool is_repeated(const struct dmarc_uri *uris, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (is_same(&uris[k], &uris[i])) {
			return true;
		}
	}
	return false;
}

static const struct retired_destination *find_retired(const struct assessment *a, struct span host,
						      struct span kind)
{
	const struct retired_destination *retired =
		retired_destination_find(a->options->providers, host);
	if (retired == NULL || span_equal(retired->kind, SPAN("both")) ||
	    span_equal(retired->kind, kind)) {
		return retired;
	}
	return NULL;
}

static enum destination_state state_of_host(const struct mail_host *host)
{
	switch (host->state) {
	case MAIL_HOST_RECEIVES:
		return DESTINATION_WORKS;
	case MAIL_HOST_NULL:
	case MAIL_HOST_NO_SERVER:
	case MAIL_HOST_NONEXISTENT:
		return DESTINATION_UNREACHABLE;
	case MAIL_HOST_UNKNOWN:
		break;
	}
	return DESTINATION_UNKNOWN;
}

static enum destination_state state_of_permission(const struct report_permission *permission)
{
	switch (permission->consent) {
	case REPORT_CONSENT_NOT_NEEDED:
	case REPORT_CONSENT_GIVEN:
		return DESTINATION_WORKS;
	case REPORT_CONSENT_MISSING:
	case REPORT_CONSENT_ELSEWHERE:
		return DESTINATION_UNAUTHORISED;
	case REPORT_CONSENT_UNKNOWN:
		break;
	}
	return DESTINATION_UNKNOWN;
}

/*
 * A host that cannot receive is worse than one that has not agreed: it is told first. So while it
 * is not known whether the host receives, the consent is not judged either: fewer answers never
 * lead to another finding.
 */
static void look_at_permission(struct assessment *a, struct destination *destination,
			       const struct destination_rules *rules)
{
	destination->permission =
		report_permission_find(a->arena, a->inquiry, rules->policy, destination->uri->host);
	if (destination->state == DESTINATION_WORKS) {
		destination->state = state_of_permission(&destination->permission);
	}
}

static void look(struct assessment *a, struct destination *destination,
		 const struct destination_rules *rules)
{
	struct span host = destination->uri->host;
	destination->host = destination->uri->is_mailto ? mail_host_look(a->inquiry, host)
							: web_host_look(a->inquiry, host);
	destination->state = state_of_host(&destination->host);
	if (destination->host.state == MAIL_HOST_NONEXISTENT) {
		destination->registrable = registration_find_open(a, rules->control, host);
	}
	if (destination->registrable.len > 0) {
		destination->state = DESTINATION_UNREGISTERED;
	}
	if (rules->policy != NULL) {
		look_at_permission(a, destination, rules);
	}
}

static void note_unknown(struct assessment *a, const struct destination *destination,
			 enum control control)
{
	if (destination->host.unknown != NULL) {
		unknown_add(a, control, destination->host.unknown);
	}
	if (destination->permission.unknown != NULL) {
		unknown_add(a, control, destination->permission.unknown);
	}
}

static void judge(struct assessment *a, struct destination *destination,
		  const struct destination_rules *rules)
{
	if (!is_usable(destination->uri, rules)) {
		destination->state = DESTINATION_INVALID;
		return;
	}
	destination->retired = find_retired(a, destination->uri->host, rules->retired_kind);
	if (destination->retired != NULL) {
		destination->state = DESTINATION_RETIRED;
		return;
	}
	look(a, destination, rules);
	note_unknown(a, destination, rules->control);
}

struct destinations destinations_judge(struct assessment *a, const struct dmarc_uri *uris,
				       size_t count, const struct destination_rules *rules)
{
	struct destinations all = {0};
	all.items = count > 0 ? arena_alloc(a->arena, count * sizeof(*all.items)) : NULL;
	for (size_t i = 0; all.items != NULL && i < count; i++) {
		struct destination *destination = &all.items[all.count++];
		destination->uri = &uris[i];
		if (is_repeated(uris, i)) {
			destination->state = DESTINATION_DUPLICATE;
			continue;
		}
		judge(a, destination, rules);
		all.working_count += destination->state == DESTINATION_WORKS;
		all.unknown_count += destination->state == DESTINATION_UNKNOWN;
	}
	return all;
}

struct span destination_text(const struct destination *destination)
{
	const struct dmarc_uri *uri = destination->uri;
	return uri->is_mailto && uri->address.len > 0 ? uri->address : uri->text;
}

const char *destination_obstacle(const struct destination *destination)
{
	switch (destination->host.state) {
	case MAIL_HOST_NULL:
		return "says that it takes no mail (null MX)";
	case MAIL_HOST_NO_SERVER:
		return "has no server: neither an MX record nor an address";
	case MAIL_HOST_NONEXISTENT:
		return "does not exist";
	case MAIL_HOST_RECEIVES:
	case MAIL_HOST_UNKNOWN:
		break;
	}
	return "cannot be reached";
}
