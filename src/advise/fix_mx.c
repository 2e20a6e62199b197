/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* MX: records that cannot work, and the one that says that no mail is taken. */
#include "advise/builder.h"
#include "advise/record.h"
#include "assess/mx.h"

static struct span mx_value(const struct builder *builder, unsigned preference, struct span host)
{
	return arena_printf(builder->arena, "%u %.*s.", preference, SPAN_ARG(host));
}

/* Some other host takes the mail when this one's record goes. */
static bool has_other_working(const struct mx_view *view, const struct mx_host *host)
{
	for (size_t i = 0; i < view->host_count; i++) {
		if (&view->hosts[i] != host && view->hosts[i].global_address_count > 0) {
			return true;
		}
	}
	return false;
}

static void repair_host(struct builder *builder, const struct mx_host *host)
{
	const struct mx_view *view = builder->a->mx;
	struct span name = builder->a->domain;
	struct span value = mx_value(builder, host->preference, host->name);
	if (host->is_address_literal) {
		builder_put(builder, name, RR_MX, value,
			    arena_printf(builder->arena, "%u <NAME-OF-THE-MAIL-HOST>.",
					 host->preference));
	} else if (host->is_cname && host->global_address_count > 0) {
		builder_put(builder, name, RR_MX, value,
			    mx_value(builder, host->preference, host->target));
	} else if (host->global_address_count == 0 && !host->is_unknown &&
		   has_other_working(view, host)) {
		builder_remove(builder, name, RR_MX, value);
	}
}

bool fix_repair_mx(struct builder *builder)
{
	const struct mx_view *view = builder->a->mx;
	for (size_t i = 0; i < builder->finding_count; i++) {
		const struct finding *finding = builder->findings[i];
		for (size_t k = 0; k < view->host_count; k++) {
			if (span_equal(view->hosts[k].name, finding->subject)) {
				repair_host(builder, &view->hosts[k]);
			}
		}
	}
	if (builder_has(builder, FINDING_MX_NULL_WITH_OTHERS)) {
		builder_remove(builder, builder->a->domain, RR_MX, SPAN("0 ."));
	}
	return true;
}

/* Where mail may be sent or received a null MX would do harm. */
bool fix_publish_null_mx(struct builder *builder)
{
	builder_add(builder, record_null_mx_make(builder->a->domain));
	return assessment_is_silent(builder->a) && assessment_is_publishable(builder->a);
}
