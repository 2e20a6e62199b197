/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reading MX record data. */
#include "records/mx.h"

#include "records/network.h"

static void add_problem(struct mx *mx, struct arena *arena, enum problem_weight weight,
			struct span what, struct span expected)
{
	size_t host_offset = arena_printf(arena, "%u ", mx->preference).len;
	problem_add(&mx->problems, arena,
		    (struct problem){.weight = weight,
				     .offset = host_offset,
				     .len = mx->host.len,
				     .what = what,
				     .expected = expected});
}

static void check_host(struct mx *mx, struct arena *arena)
{
	struct span expected = SPAN("the name of a mail server");
	struct network network;
	if (network_parse_address(mx->host, &network)) {
		/* RFC 5321 5.1: the data is a domain name; an address literal resolves to nothing
		 */
		add_problem(mx, arena, PROBLEM_ERROR, SPAN("an IP address where a name belongs"),
			    expected);
	} else if (!name_is_ldh(mx->host, /* is_underscore_ok */ true)) {
		/* RFC 1123 2.1: letters, digits and hyphens */
		add_problem(mx, arena, PROBLEM_ERROR, SPAN("not a host name"), expected);
	} else if (!name_is_ldh(mx->host, /* is_underscore_ok */ false)) {
		add_problem(mx, arena, PROBLEM_WARN, SPAN("an underscore in a host name"),
			    expected);
	} else if (name_label_count(mx->host) == 1) {
		add_problem(mx, arena, PROBLEM_WARN, SPAN("a name without a domain"), expected);
	}
}

static void check_null(struct mx *mx, struct arena *arena)
{
	/* RFC 7505 3: preference 0 and a zero-length label */
	if (mx->preference != 0) {
		problem_add(&mx->problems, arena,
			    (struct problem){.weight = PROBLEM_WARN,
					     .len = arena_printf(arena, "%u", mx->preference).len,
					     .what = SPAN("a null MX with a preference"),
					     .expected = SPAN("0")});
	}
}

bool mx_parse(struct arena *arena, struct span rdata, struct mx *ret_mx)
{
	struct cursor cursor = cursor_of(rdata);
	struct mx mx = {.preference = cursor_u16(&cursor)};
	/* Started afresh, so that a pointer has nothing to point at. */
	struct cursor host = cursor_of(cursor_rest(&cursor));
	if (cursor.is_failed || !name_from_wire(&host, arena, &mx.host) ||
	    !cursor_is_at_end(&host)) {
		return false;
	}
	mx.is_null = span_equal(mx.host, SPAN("."));
	if (mx.is_null) {
		check_null(&mx, arena);
	} else {
		check_host(&mx, arena);
	}
	*ret_mx = mx;
	return true;
}

void mx_write(const struct mx *mx, struct buffer *text)
{
	buffer_printf(text, "%u %.*s%s", mx->preference, SPAN_ARG(mx->host),
		      mx->is_null ? "" : ".");
}
