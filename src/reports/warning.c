/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Names and sentences of the warnings. */
#include "reports/warning.h"

struct warning_text {
	const char *name;
	const char *text;
	bool is_loss;
};

static const struct warning_text warnings[REPORT_WARNING_COUNT] = {
	[REPORT_PACKED_CUT] = {"packed-cut", "The archive ends early; what unpacks was read.",
			       true},
	[REPORT_PACKED_CHECKSUM] = {"packed-checksum",
				    "The archive's checksum is wrong; its content was read.",
				    false},
	[REPORT_PACKED_TRAILING] = {"packed-trailing",
				    "Something follows the archive and was ignored.", false},
	[REPORT_MAIL_BROKEN] = {"mail-broken", "The mail's structure is broken; parts were read.",
				false},
	[REPORT_TEXT_ENCODING] = {"text-encoding",
				  "The text is not in the encoding it claims; it was converted.",
				  false},
	[REPORT_TEXT_CONTROL] = {"text-control", "Control characters were left out.", false},
	[REPORT_TEXT_MARKUP] = {"text-markup",
				"A character that XML wants escaped was read as text.", false},
	[REPORT_TEXT_BROKEN] = {"text-broken",
				"The document is broken here; reading went on at the next record.",
				true},
	[REPORT_TEXT_CUT] = {"text-cut", "The document ends early; whole records were kept.", true},
	[REPORT_TEXT_TRAILING] = {"text-trailing",
				  "Something follows the document and was ignored.", false},
	[REPORT_TEXT_LONG] = {"text-long", "A very long text was cut.", false},
	[REPORT_TEXT_REPEATED] = {"text-repeated",
				  "The same report stands twice in the file; one was kept.", false},
	[REPORT_ROOT_UNKNOWN] = {"root-unknown", "The root element is not feedback.", false},
	[REPORT_REPORTER_MISSING] = {"reporter-missing", "The reporter does not give its name.",
				     false},
	[REPORT_CONTACT_MISSING] = {"contact-missing", "The reporter gives no address.", false},
	[REPORT_ID_MISSING] = {"id-missing", "The report has no id; its content stands in.", false},
	[REPORT_PERIOD_MISSING] = {"period-missing", "The report does not say what time it covers.",
				   false},
	[REPORT_PERIOD_REVERSED] = {"period-reversed", "The period ends before it begins.", false},
	[REPORT_PERIOD_FORM] = {"period-form", "The period is written in another form.", false},
	[REPORT_POLICY_MISSING] = {"policy-missing",
				   "The published policy is missing or not complete.", false},
	[REPORT_POLICY_REPEATED] = {"policy-repeated",
				    "The published policy stands there twice; the first counts.",
				    false},
	[REPORT_POLICY_VALUE] = {"policy-value", "A value of the published policy is unknown.",
				 false},
	[REPORT_DOMAIN_GUESSED] = {"domain-guessed",
				   "The report does not name the domain; the mail does.", false},
	[REPORT_ROW_LOST] = {"row-lost", "A row is broken or cut and was not read.", true},
	[REPORT_ROW_SOURCE] = {"row-source", "A row has no usable source address.", false},
	[REPORT_ROW_SOURCE_FORM] = {"row-source-form",
				    "A source address is written in another form.", false},
	[REPORT_ROW_COUNT] = {"row-count", "A row has no usable count.", false},
	[REPORT_ROW_COUNT_FORM] = {"row-count-form", "A count is written in another form.", false},
	[REPORT_ROW_COUNT_ZERO] = {"row-count-zero", "A row counts no message.", false},
	[REPORT_ROW_FROM_MISSING] = {"row-from-missing", "A row does not name the From domain.",
				     false},
	[REPORT_ROW_FROM_FORM] = {"row-from-form", "A From domain is written in another form.",
				  false},
	[REPORT_ROW_EVALUATION] = {"row-evaluation",
				   "A row does not say how the receiver judged it.", false},
	[REPORT_ROW_AUTH_MISSING] = {"row-auth-missing", "A row has no authentication results.",
				     false},
	[REPORT_ROW_RESULT] = {"row-result", "A row has a result word that no standard lists.",
			       false},
	[REPORT_ROW_LISTS] = {"row-lists", "A row lists more results than are kept.", true},
	[REPORT_TLS_FIELD_MISSING] = {"tls-field-missing", "An expected member is missing.", false},
	[REPORT_TLS_FIELD_TYPE] = {"tls-field-type", "A member has another type.", false},
	[REPORT_TLS_POLICY_LOST] = {"tls-policy-lost",
				    "An entry of the policies could not be read.", true},
	[REPORT_TLS_WORD] = {"tls-word", "A policy or result type is unknown.", false},
	[REPORT_FAILURE_FIELD] = {"failure-field", "A field is missing or cannot be read.", false},
	[REPORT_FAILURE_NO_PART] = {"failure-no-part",
				    "The report has no machine-readable part; its text was read.",
				    false},
	[REPORT_FAILURE_NO_SAMPLE] = {"failure-no-sample", "No message is enclosed.", false},
};

const char *report_warning_name(enum report_warning_code code)
{
	return warnings[code].name;
}

const char *report_warning_text(enum report_warning_code code)
{
	return warnings[code].text;
}

bool report_warning_is_loss(enum report_warning_code code)
{
	return warnings[code].is_loss;
}
