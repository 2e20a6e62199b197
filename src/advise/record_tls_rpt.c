/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Makes TLS-RPT records. */
#include "advise/record.h"
#include "advise/record_address.h"
#include "records/name.h"
#include "records/tls_rpt.h"

int record_tls_rpt_make(struct arena *arena, const struct record_tls_rpt_wish *wish,
			struct record_change *ret_change, struct failure *reterr)
{
	static const char what[] = "make the TLS-RPT record";
	struct span rua;
	int r = record_address_list(arena, wish->rua, wish->rua_count, /* is_https_ok: */ true,
				    &rua, reterr);
	if (r < 0) {
		return r;
	}
	struct span name = name_join(arena, SPAN("_smtp._tls"), wish->domain);
	struct span value = arena_printf(arena, "v=TLSRPTv1; rua=%.*s", SPAN_ARG(rua));
	const struct tls_rpt_record *record = tls_rpt_record_parse(arena, value);
	if (record == NULL || arena_has_failed(arena)) {
		return failure_set_memory(reterr, what);
	}
	if (name.len == 0) {
		return failure_set(reterr, FAILURE_INPUT, what, "the name would be too long");
	}
	bool is_template = record_value_is_template(value);
	bool is_good = tls_rpt_record_is_usable(record) && record->problems.error_count == 0;
	if (!is_good && !is_template) {
		return failure_set(reterr, FAILURE_INPUT, what, "it needs a report address");
	}
	*ret_change = (struct record_change){
		.name = name, .type = RR_TXT, .value = value, .is_template = is_template};
	return 0;
}
