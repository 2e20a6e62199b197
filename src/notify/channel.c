/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Which kind of channel it is. */
#include "notify/channel.h"

static const struct {
	const char *prefix;
	enum channel_kind kind;
	bool keeps_prefix;
} kinds[] = {
	{"https://", CHANNEL_WEBHOOK, true},
	{"http://", CHANNEL_WEBHOOK, true},
	{"mailto:", CHANNEL_MAIL, false},
	{"exec:", CHANNEL_COMMAND, false},
};

/* What would break out of a header or an SMTP command. */
static bool is_plain(struct span text)
{
	return text.len > 0 && span_find(text, '\r', 0) == text.len &&
	       span_find(text, '\n', 0) == text.len;
}

static bool is_address(struct span text)
{
	size_t at = span_find(text, '@', 0);
	return at > 0 && at + 1 < text.len && span_find(text, ' ', 0) == text.len &&
	       span_find(text, '<', 0) == text.len && span_find(text, '>', 0) == text.len;
}

bool channel_parse(const char *text, struct channel *ret_channel)
{
	struct span all = span_of_string(text);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct span prefix = span_of_string(kinds[i].prefix);
		struct span rest = span_from(all, prefix.len);
		if (!span_starts_with_nocase(all, prefix)) {
			continue;
		}
		if (!is_plain(rest) || (kinds[i].kind == CHANNEL_MAIL && !is_address(rest))) {
			return false;
		}
		*ret_channel = (struct channel){
			.kind = kinds[i].kind,
			.name = all,
			.target = kinds[i].keeps_prefix ? text : text + prefix.len,
		};
		return true;
	}
	return false;
}

int channel_send(const struct channel *channel, const struct channel_settings *settings,
		 const struct channel_message *message, struct failure *reterr)
{
	switch (channel->kind) {
	case CHANNEL_WEBHOOK:
		return webhook_send(channel, settings, message, reterr);
	case CHANNEL_MAIL:
		return mail_send(channel, settings, message, reterr);
	case CHANNEL_COMMAND:
		return command_send(channel, settings, message, reterr);
	}
	return failure_set(reterr, FAILURE_INTERNAL, "channel", "unknown kind");
}
