/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Signed messages for tests. */
#include "authenticate/signer.h"

#include <stdlib.h>

#include "records/txt.h"

#define TEXT_MAX ((size_t)4 << 20)

static void check(bool condition)
{
	if (!condition) {
		abort();
	}
}

struct signer signer_new(void)
{
	struct signer signer = {
		.arena = arena_new(SIGNER_ARENA_BYTES),
		.world = world_new(),
		.options = {.now = SIGNER_NOW, .skew_s = DKIM_SKEW_S},
		.mail_options = {.is_for_signing = true},
	};
	struct buffer record = buffer_new(TEXT_MAX);
	check(private_key_generate(KEY_ED25519, 0, &signer.key, NULL) == 0);
	check(sign_key_record(signer.key, &record, NULL) == 0);
	signer.record = arena_copy(signer.arena, buffer_span(&record));
	buffer_free(&record);
	return signer;
}

void signer_free(struct signer *signer)
{
	private_key_free(signer->key);
	world_free(signer->world);
	arena_free(signer->arena);
}

void signer_publish(struct signer *signer, const char *name, struct span text)
{
	struct buffer line = buffer_new(TEXT_MAX);
	buffer_printf(&line, "%s. TXT ", name);
	txt_write_presentation(text, &line);
	check(world_add_line(signer->world, buffer_span(&line), NULL));
	buffer_free(&line);
}

/* A hasher that has seen the whole body. */
static struct digest_value hash_body(const struct dkim_signature *signature, struct span body,
				     uint64_t limit)
{
	struct body_hasher hasher;
	body_hasher_init(&hasher);
	check(body_hasher_want(&hasher, signature->body_form, DIGEST_SHA256, limit) == 0);
	body_hasher_feed(&hasher, body);
	body_hasher_end(&hasher);
	body_hasher_close(&hasher);
	return hasher.hashes[0].value;
}

/* Forms and names as the verifier reads them from the tags. */
static struct dkim_signature read_tags(struct signer *signer, struct span raw)
{
	struct header_field *field = arena_alloc(signer->arena, sizeof(*field));
	*field = (struct header_field){
		.raw = raw,
		.value = span_slice(raw, 15, raw.len - 17),
	};
	return dkim_signature_parse(signer->arena, FLAVOUR_DKIM, field, false);
}

static struct span write_raw(struct signer *signer, const char *tags, struct span body,
			     uint64_t limit)
{
	struct buffer raw = buffer_new(TEXT_MAX);
	buffer_printf(&raw, "DKIM-Signature:%s; b=\r\n", tags);
	struct dkim_signature signature =
		read_tags(signer, arena_copy(signer->arena, buffer_span(&raw)));
	struct digest_value hash = hash_body(&signature, body, limit);
	buffer_clear(&raw);
	buffer_printf(&raw, "DKIM-Signature:%s; bh=", tags);
	base64_encode(&raw, digest_value_span(&hash));
	buffer_puts(&raw, "; b=\r\n");
	struct span copy = arena_copy(signer->arena, buffer_span(&raw));
	buffer_free(&raw);
	return copy;
}

struct span signer_sign(struct signer *signer, const char *tags, struct span header,
			struct span body, uint64_t limit)
{
	struct span raw = write_raw(signer, tags, body, limit);
	struct dkim_signature signature = read_tags(signer, raw);
	struct signed_names names = {signature.names, signature.name_count};
	struct anomalies ignored = {0};
	struct header fields = header_parse(signer->arena, header, &ignored);
	struct buffer covered = buffer_new(TEXT_MAX);
	struct buffer text = buffer_new(TEXT_MAX);
	check(signed_header_write(signer->arena, &fields, names, NULL, signature.header_form,
				  &covered));
	struct sign_draft draft = {
		.key = signer->key,
		.raw = raw,
		.form = signature.header_form,
		.covered = buffer_span(&covered),
	};
	check(sign_field(signer->arena, &draft, &text, NULL) == 0);
	buffer_append(&text, header);
	buffer_puts(&text, "\r\n");
	buffer_append(&text, body);
	struct span message = arena_copy(signer->arena, buffer_span(&text));
	check(!arena_has_failed(signer->arena));
	buffer_free(&covered);
	buffer_free(&text);
	return message;
}

struct judging {
	struct signer *signer;
	const struct mail *mail;
	const struct dkim_report *dkim;
	const struct arc_report *chain;
};

static int run(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct judging *judging = context;
	struct signer *signer = judging->signer;
	judging->dkim = dkim_verify(signer->arena, inquiry, judging->mail, &signer->options);
	judging->chain = arc_validate(signer->arena, inquiry, judging->mail, &signer->options.key);
	return judging->dkim != NULL && judging->chain != NULL
		       ? 0
		       : failure_set_memory(reterr, "verify");
}

const struct dkim_report *signer_verify(struct signer *signer, struct span text,
					const struct arc_report **ret_chain)
{
	struct mail_reader *reader = mail_reader_new(signer->arena, &signer->mail_options);
	struct facts *facts = facts_new(0 /* seed */);
	struct judging judging = {.signer = signer};
	bool is_done = false;
	if (reader != NULL && facts != NULL) {
		mail_reader_feed(reader, text);
		judging.mail = mail_reader_end(reader);
		is_done = judging.mail != NULL && settle(facts, world_source(signer->world),
							 (struct judge){run, &judging}, NULL) == 0;
	}
	if (is_done && ret_chain != NULL) {
		*ret_chain = judging.chain;
	}
	mail_reader_close(reader);
	facts_free(facts);
	return is_done ? judging.dkim : NULL;
}
