/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SMTP, then TLS, then perhaps SMTP again. */
#include "net/smtp_probe.h"

#include <stdlib.h>

/* Decrypted octets of an EHLO answer; more at once is not SMTP. */
#define DATA_MAX ((size_t)256 << 10)

static const struct exchange_next more = {.is_done = false};
static const struct exchange_next done = {.is_done = true};

struct smtp_probe *smtp_probe_new(const struct smtp_probe_options *options)
{
	struct smtp_probe *probe = calloc(1, sizeof(*probe));
	if (probe == NULL) {
		return NULL;
	}
	probe->options = *options;
	probe->began_ms = options->now_ms(options->context);
	probe->connected_ms = -1;
	probe->greeted_ms = -1;
	probe->reader = tls_answer_reader_new(options->arena);
	probe->rest = buffer_new(TLS_OFFER_MAX_BYTES);
	probe->data = buffer_new(DATA_MAX);
	probe->talk = (struct smtp_talk){
		.arena = options->arena,
		.ehlo_name = options->ehlo_name,
		.injects = options->injects,
	};
	probe->inner = (struct smtp_talk){
		.arena = options->arena,
		.ehlo_name = options->ehlo_name,
		.is_inside_tls = true,
	};
	return probe;
}

void smtp_probe_free(struct smtp_probe *probe)
{
	if (probe != NULL) {
		tls_answer_reader_free(&probe->reader);
		tls_session_free(probe->session);
		buffer_free(&probe->rest);
		buffer_free(&probe->data);
		free(probe);
	}
}

static int64_t since(const struct smtp_probe *probe, int64_t earlier_ms)
{
	return probe->options.now_ms(probe->options.context) - earlier_ms;
}

static struct exchange_next send_offer(struct smtp_probe *probe, struct buffer *send)
{
	struct exchange_next next = {.deadline_ms = probe->options.tls_deadline_ms};
	probe->stage = SMTP_PROBE_OFFERED;
	if (!probe->options.splits) {
		tls_offer_write(probe->options.offer, send);
		return next;
	}
	struct buffer hello = buffer_new(TLS_OFFER_MAX_BYTES);
	tls_offer_write(probe->options.offer, &hello);
	size_t half = hello.len / 2;
	buffer_append(send, span_slice(buffer_span(&hello), 0, half));
	buffer_append(&probe->rest, span_from(buffer_span(&hello), half));
	buffer_free(&hello);
	next.pause_ms = SMTP_PROBE_SPLIT_MS;
	return next;
}

static struct exchange_next fail_session(struct smtp_probe *probe)
{
	probe->has_session_failed = !probe->is_session_open;
	if (probe->has_session_failed) {
		probe->error = arena_copy(probe->options.arena, tls_session_error(probe->session));
	}
	return done;
}

static struct exchange_next start_again(struct smtp_probe *probe, struct buffer *send)
{
	probe->stage = SMTP_PROBE_AGAIN;
	if (probe->renegotiations == SMTP_PROBE_MAX_RENEGOTIATIONS ||
	    !tls_session_renegotiate(probe->session, send)) {
		return done;
	}
	return (struct exchange_next){.deadline_ms = SMTP_PROBE_RENEGOTIATION_MS};
}

/* The first reply inside TLS: is it to EHLO, or to the command sent before TLS? */
static bool is_reply_to_injected(const struct smtp_probe *probe)
{
	return probe->options.injects && !probe->is_injected && probe->inner.keyword_count == 0 &&
	       probe->inner.ehlo.code != 0 &&
	       !span_equal(probe->inner.ehlo.text, probe->talk.ehlo.text);
}

static struct exchange_next read_inside(struct smtp_probe *probe, struct buffer *send)
{
	struct span rest = buffer_span(&probe->data);
	enum smtp_talk_state state = SMTP_TALK_MORE;
	while (rest.len > 0 && state == SMTP_TALK_MORE) {
		size_t taken = 0;
		struct buffer nothing = buffer_new(SMTP_MAX_LINE);
		state = smtp_talk_receive(&probe->inner, rest, &nothing, &taken);
		buffer_free(&nothing);
		rest = span_from(rest, taken);
		if (state == SMTP_TALK_ENDED && is_reply_to_injected(probe)) {
			probe->is_injected = true;
			probe->inner.ehlo = (struct smtp_reply){0};
			state = SMTP_TALK_MORE;
		}
	}
	buffer_clear(&probe->data);
	if (state == SMTP_TALK_MORE) {
		return more;
	}
	probe->view = tls_session_view(probe->options.arena, probe->session);
	if (probe->options.renegotiates) {
		return start_again(probe, send);
	}
	tls_session_write(probe->session, SPAN("QUIT\r\n"), send);
	return done;
}

static struct exchange_next open_session(struct smtp_probe *probe, struct buffer *send)
{
	probe->is_session_open = true;
	probe->stage = SMTP_PROBE_INSIDE;
	probe->view = tls_session_view(probe->options.arena, probe->session);
	struct buffer hello = buffer_new(SMTP_MAX_LINE);
	smtp_talk_begin(&probe->inner, &hello);
	tls_session_write(probe->session, buffer_span(&hello), send);
	buffer_free(&hello);
	return read_inside(probe, send);
}

static struct exchange_next go_again(struct smtp_probe *probe, struct buffer *send)
{
	if (tls_session_is_renegotiating(probe->session)) {
		return more;
	}
	probe->renegotiations++;
	return start_again(probe, send);
}

static struct exchange_next receive_session(struct smtp_probe *probe, struct span octets,
					    struct buffer *send)
{
	if (!probe->has_received_tls && octets.len > 0) {
		/* Records begin with 20 to 23. */
		probe->is_plain = span_octet(octets, 0) < 20 || span_octet(octets, 0) > 23;
		probe->has_received_tls = true;
	}
	switch (tls_session_receive(probe->session, octets, send, &probe->data)) {
	case TLS_SESSION_MORE:
		return more;
	case TLS_SESSION_CLOSED:
	case TLS_SESSION_FAILED:
		return fail_session(probe);
	case TLS_SESSION_OPEN:
		break;
	}
	if (probe->stage == SMTP_PROBE_HANDSHAKE) {
		return open_session(probe, send);
	}
	return probe->stage == SMTP_PROBE_AGAIN ? go_again(probe, send) : read_inside(probe, send);
}

static struct exchange_next start_session(struct smtp_probe *probe, struct buffer *send)
{
	probe->stage = SMTP_PROBE_HANDSHAKE;
	probe->session = tls_session_new(probe->options.client, &probe->options.session);
	if (probe->session == NULL) {
		return done;
	}
	struct exchange_next next = receive_session(probe, span_of(NULL, 0), send);
	next.deadline_ms = probe->options.tls_deadline_ms;
	return next;
}

static struct exchange_next receive_offered(struct smtp_probe *probe, struct span octets)
{
	return tls_answer_receive(&probe->reader, octets) ? done : more;
}

static struct exchange_next start_tls(struct smtp_probe *probe, struct span early,
				      struct buffer *send)
{
	probe->has_tls_begun = true;
	/* What is said before our hello was said in clear. */
	if (early.len > 0) {
		probe->is_plain = true;
		return done;
	}
	return probe->options.offer != NULL ? send_offer(probe, send) : start_session(probe, send);
}

static struct exchange_next receive_talk(struct smtp_probe *probe, struct span octets,
					 struct buffer *send)
{
	size_t taken = 0;
	enum smtp_talk_state state = smtp_talk_receive(&probe->talk, octets, send, &taken);
	if (probe->greeted_ms < 0 && probe->talk.stage != SMTP_STAGE_GREETING) {
		probe->greeted_ms = since(probe, probe->began_ms + probe->connected_ms);
	}
	switch (state) {
	case SMTP_TALK_MORE:
		return more;
	case SMTP_TALK_TLS:
		return start_tls(probe, span_from(octets, taken), send);
	case SMTP_TALK_ENDED:
		break;
	}
	if (probe->greeted_ms < 0) {
		probe->greeted_ms = since(probe, probe->began_ms + probe->connected_ms);
	}
	buffer_puts(send, "QUIT\r\n");
	return done;
}

static struct exchange_next receive(struct smtp_probe *probe, struct span octets,
				    struct buffer *send)
{
	switch (probe->stage) {
	case SMTP_PROBE_DIALLED:
	case SMTP_PROBE_TALKING:
		return receive_talk(probe, octets, send);
	case SMTP_PROBE_OFFERED:
		return receive_offered(probe, octets);
	case SMTP_PROBE_HANDSHAKE:
	case SMTP_PROBE_INSIDE:
	case SMTP_PROBE_AGAIN:
		break;
	}
	return receive_session(probe, octets, send);
}

struct exchange_next smtp_probe_event(void *context, enum exchange_event event, struct span octets,
				      struct buffer *send)
{
	struct smtp_probe *probe = context;
	switch (event) {
	case EXCHANGE_CONNECTED:
		probe->connected_ms = since(probe, probe->began_ms);
		probe->stage = SMTP_PROBE_TALKING;
		smtp_talk_begin(&probe->talk, send);
		return more;
	case EXCHANGE_RECEIVED:
		return receive(probe, octets, send);
	case EXCHANGE_WOKEN:
		buffer_append(send, buffer_span(&probe->rest));
		return more;
	}
	return done;
}
