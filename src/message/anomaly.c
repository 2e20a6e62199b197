/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The words for every oddity. */
#include "message/anomaly.h"

struct anomaly_words {
	const char *name;
	const char *reference;
	const char *explain;
	bool blurs_author;
};

static const struct anomaly_words words[ANOMALY_KIND_COUNT] = {
	[ANOMALY_FROM_MISSING] = {"from-missing", "RFC 5322 3.6", "The message has no From field.",
				  true},
	[ANOMALY_FROM_SEVERAL] = {"from-several", "RFC 5322 3.6",
				  "There is more than one From field; programs differ in which one "
				  "they show.",
				  true},
	[ANOMALY_FROM_HIDDEN] = {"from-hidden", "RFC 5322 2.2.3",
				 "A continuation line reads like a From field, and some programs "
				 "take it for one.",
				 true},
	[ANOMALY_FROM_LIKE] = {"from-like", "RFC 5322 2.2",
			       "A field name is From but for octets that do not belong there.",
			       true},
	[ANOMALY_FROM_EMPTY] = {"from-empty", "RFC 5322 3.6.2", "The From field holds no address.",
				true},
	[ANOMALY_FROM_MAILBOXES] = {"from-mailboxes", "RFC 5322 3.6.2",
				    "The From field names several authors.", true},
	[ANOMALY_FROM_GROUP] = {"from-group", "RFC 5322 3.6.2",
				"The From field holds a group instead of an author.", true},
	[ANOMALY_FROM_ROUTE] = {"from-route", "RFC 5322 4.4",
				"The author's address has a source route in front.", true},
	[ANOMALY_FROM_QUOTED_PAIR] = {"from-quoted-pair", "RFC 5322 3.2.1",
				      "A backslash stands outside quotes in the From field.", true},
	[ANOMALY_FROM_AFTER_ADDRESS] = {"from-after-address", "RFC 5322 3.4",
					"More text follows the author's address.", true},
	[ANOMALY_FROM_ENCODED] = {"from-encoded", "RFC 2047 5",
				  "An encoded word in the From field holds an address.", true},
	[ANOMALY_FROM_DISPLAY] = {"from-display", "RFC 5322 3.4",
				  "The author's display name or a comment holds an address.", true},
	[ANOMALY_FROM_SYNTAX] = {"from-syntax", "RFC 5322 3.4",
				 "The From field is not written as RFC 5322 says.", true},
	[ANOMALY_FROM_OBSOLETE] = {"from-obsolete", "RFC 5322 4.4",
				   "The From field uses syntax that must no longer be written.",
				   false},
	[ANOMALY_FROM_LITERAL] = {"from-literal", "RFC 5322 3.4.1",
				  "The author's address has an IP address for a domain.", true},
	[ANOMALY_FROM_LIMIT] = {"from-limit", "RFC 5322 3.6.2",
				"The From block names more authors than are read.", true},
	[ANOMALY_SENDER_DIFFERS] = {"sender-differs", "RFC 5322 3.6.2",
				    "Sender or Resent-From names another address than From; some "
				    "programs show that one.",
				    false},
	[ANOMALY_NAME_SPACE] = {"name-space", "RFC 5322 4.5",
				"White space stands between a field name and its colon.", false},
	[ANOMALY_NAME_FOLDED] = {"name-folded", "RFC 5322 2.2",
				 "A line end stands between a field name and its colon.", false},
	[ANOMALY_NAME_OCTET] = {"name-octet", "RFC 5322 2.2",
				"A field name holds an octet that no field name has.", false},
	[ANOMALY_FIELD_MALFORMED] = {"field-malformed", "RFC 5322 2.2",
				     "A header line has no colon; some programs end the header "
				     "there.",
				     false},
	[ANOMALY_FIELD_REPEATED] = {"field-repeated", "RFC 5322 3.6",
				    "A field that may occur once is there more than once.", false},
	[ANOMALY_LEADING_SPACE] = {"leading-space", "RFC 5322 2.2.3",
				   "The header begins with white space.", false},
	[ANOMALY_BLANK_CONTINUATION] = {"blank-continuation", "RFC 5322 4.2",
					"A header line holds nothing but white space; some "
					"programs end the header there.",
					false},
	[ANOMALY_MBOX_LINE] = {"mbox-line", "RFC 4155 A",
			       "The separator line of a mailbox file stands before the header.",
			       false},
	[ANOMALY_HEADER_NUL] = {"header-nul", "RFC 5322 2.2",
				"The header holds a NUL; some programs stop reading there.", false},
	[ANOMALY_HEADER_NOT_UTF8] = {"header-not-utf8", "RFC 6532 3.2",
				     "The header holds octets that are not UTF-8.", false},
	[ANOMALY_HEADER_LIMIT] = {"header-limit", "RFC 5322 2.2",
				  "The header is larger than is read.", true},
	[ANOMALY_BARE_CR] = {"bare-cr", "RFC 5322 2.3", "A carriage return stands alone.", false},
	[ANOMALY_BARE_LF] = {"bare-lf", "RFC 5322 2.3", "A line feed stands alone.", false},
	[ANOMALY_SMUGGLED_END] = {"smuggled-end", "RFC 5321 4.1.1.4",
				  "A lone dot beside a bare line end, which some servers take for "
				  "the end of the message.",
				  false},
	[ANOMALY_LINE_LONG] = {"line-long", "RFC 5322 2.1.1", "A line is longer than 998 octets.",
			       false},
	[ANOMALY_BODY_NUL] = {"body-nul", "RFC 5322 2.3", "The body holds a NUL.", false},
};

void anomaly_add(struct anomalies *anomalies, struct arena *arena, struct anomaly anomaly)
{
	if (anomalies->counts[anomaly.kind]++ >= ANOMALY_KEPT_PER_KIND) {
		return;
	}
	struct anomaly *kept = VECTOR_PUSH(&anomalies->items, arena, struct anomaly,
					   (size_t)ANOMALY_KIND_COUNT * ANOMALY_KEPT_PER_KIND);
	if (kept != NULL) {
		*kept = anomaly;
	}
}

const char *anomaly_name(enum anomaly_kind kind)
{
	return words[kind].name;
}

const char *anomaly_reference(enum anomaly_kind kind)
{
	return words[kind].reference;
}

const char *anomaly_explain(enum anomaly_kind kind)
{
	return words[kind].explain;
}

bool anomaly_blurs_author(enum anomaly_kind kind)
{
	return words[kind].blurs_author;
}
