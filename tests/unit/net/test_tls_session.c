/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Sessions of ours with an OpenSSL server in the same process, octets carried by hand. */
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "unit.h"

#include "certificate.h"
#include "net/tls_session.h"

#define NAME "mx.example.org"
#define MAX_TURNS 20

static struct certificate rsa_leaf;
static struct certificate ec_leaf;
static struct tls_client *client;

static struct certificate make_leaf(const char *key)
{
	return certificate_new(&(struct certificate_order){.key = key,
							   .subject = NAME,
							   .names = "DNS:" NAME,
							   .not_before = 1700000000,
							   .not_after = 1900000000});
}

static int set_up(void **state)
{
	(void)state;
	struct failure failure;
	rsa_leaf = make_leaf("RSA2048");
	ec_leaf = make_leaf("P-256");
	return tls_client_new(&client, &failure);
}

static int tear_down(void **state)
{
	(void)state;
	certificate_free(&rsa_leaf);
	certificate_free(&ec_leaf);
	tls_client_free(client);
	return 0;
}

/* --- the server --- */

struct server_order {
	int lowest;
	int highest;
	bool has_rsa;
	bool has_ec;
	bool asks_certificate;
};

struct server {
	SSL_CTX *context;
	SSL *ssl;
	BIO *in;
	BIO *out;
};

static struct server server_new(const struct server_order *order)
{
	struct server server = {.context = SSL_CTX_new(TLS_server_method())};
	SSL_CTX_set_min_proto_version(server.context, order->lowest);
	SSL_CTX_set_max_proto_version(server.context, order->highest);
	assert_int_equal(SSL_CTX_set_cipher_list(server.context, "ALL:@SECLEVEL=0"), 1);
	if (order->has_rsa) {
		SSL_CTX_use_certificate(server.context, rsa_leaf.x509);
		SSL_CTX_use_PrivateKey(server.context, rsa_leaf.key);
	}
	if (order->has_ec) {
		SSL_CTX_use_certificate(server.context, ec_leaf.x509);
		SSL_CTX_use_PrivateKey(server.context, ec_leaf.key);
	}
	if (order->asks_certificate) {
		SSL_CTX_set_verify(server.context, SSL_VERIFY_PEER, NULL);
	}
	server.ssl = SSL_new(server.context);
	server.in = BIO_new(BIO_s_mem());
	server.out = BIO_new(BIO_s_mem());
	SSL_set_bio(server.ssl, server.in, server.out);
	SSL_set_accept_state(server.ssl);
	return server;
}

static void server_free(struct server *server)
{
	SSL_free(server->ssl);
	SSL_CTX_free(server->context);
}

/* Takes what the client sent; appends what the server says to it. */
static void server_turn(struct server *server, struct buffer *from, struct buffer *to)
{
	char octets[4096];
	int len;
	if (from->len > 0) {
		BIO_write(server->in, from->data, (int)from->len);
		buffer_clear(from);
	}
	/* echoes what it reads */
	while ((len = SSL_read(server->ssl, octets, sizeof(octets))) > 0) {
		SSL_write(server->ssl, octets, len);
	}
	while ((len = BIO_read(server->out, octets, sizeof(octets))) > 0) {
		buffer_append(to, span_of(octets, (size_t)len));
	}
	ERR_clear_error();
}

struct talk {
	struct tls_session *session;
	struct buffer send;
	struct buffer back;
	struct buffer data;
	enum tls_session_state state;
};

static struct talk talk_new(const struct tls_session_options *options)
{
	struct talk talk = {
		.session = tls_session_new(client, options),
		.send = buffer_new(1000000),
		.back = buffer_new(1000000),
		.data = buffer_new(1000000),
	};
	assert_non_null(talk.session);
	return talk;
}

static void talk_free(struct talk *talk)
{
	tls_session_free(talk->session);
	buffer_free(&talk->send);
	buffer_free(&talk->back);
	buffer_free(&talk->data);
}

static void turn(struct talk *talk, struct server *server)
{
	talk->state = tls_session_receive(talk->session, buffer_span(&talk->back), &talk->send,
					  &talk->data);
	buffer_clear(&talk->back);
	server_turn(server, &talk->send, &talk->back);
}

static void shake_hands(struct talk *talk, struct server *server)
{
	talk->state = TLS_SESSION_MORE;
	for (int i = 0; i < MAX_TURNS && talk->state == TLS_SESSION_MORE; i++) {
		turn(talk, server);
	}
}

/* --- rows --- */

static const struct row {
	const char *name;
	struct server_order server;
	struct tls_session_options options;
	enum tls_session_state state;
	uint16_t version;
	const struct certificate *leaf;
} rows[] = {
	{"TLS 1.3",
	 {TLS1_2_VERSION, TLS1_3_VERSION, false, true, false},
	 {SPAN_INIT(NAME), 0, 0},
	 TLS_SESSION_OPEN,
	 0x0304,
	 &ec_leaf},
	{"TLS 1.2",
	 {TLS1_2_VERSION, TLS1_2_VERSION, false, true, false},
	 {SPAN_INIT(NAME), 0, 0},
	 TLS_SESSION_OPEN,
	 0x0303,
	 &ec_leaf},
	{"TLS 1.0",
	 {TLS1_VERSION, TLS1_VERSION, true, false, false},
	 {SPAN_INIT(NAME), 0, 0},
	 TLS_SESSION_OPEN,
	 0x0301,
	 &rsa_leaf},
	{"not above TLS 1.2",
	 {TLS1_2_VERSION, TLS1_3_VERSION, false, true, false},
	 {SPAN_INIT(NAME), 0, 0x0303},
	 TLS_SESSION_OPEN,
	 0x0303,
	 &ec_leaf},
	{"the RSA key of two",
	 {TLS1_2_VERSION, TLS1_3_VERSION, true, true, false},
	 {SPAN_INIT(NAME), TLS_AUTH_RSA, 0},
	 TLS_SESSION_OPEN,
	 0x0304,
	 &rsa_leaf},
	{"the ECDSA key of two",
	 {TLS1_2_VERSION, TLS1_3_VERSION, true, true, false},
	 {SPAN_INIT(NAME), TLS_AUTH_ECDSA, 0},
	 TLS_SESSION_OPEN,
	 0x0304,
	 &ec_leaf},
	{"the ECDSA key of two, TLS 1.2",
	 {TLS1_2_VERSION, TLS1_2_VERSION, true, true, false},
	 {SPAN_INIT(NAME), TLS_AUTH_ECDSA, 0},
	 TLS_SESSION_OPEN,
	 0x0303,
	 &ec_leaf},
	{"a key that is not there",
	 {TLS1_2_VERSION, TLS1_2_VERSION, true, false, false},
	 {SPAN_INIT(NAME), TLS_AUTH_ECDSA, 0},
	 TLS_SESSION_FAILED,
	 0,
	 NULL},
	{"no version in common",
	 {TLS1_3_VERSION, TLS1_3_VERSION, false, true, false},
	 {SPAN_INIT(NAME), 0, 0x0303},
	 TLS_SESSION_FAILED,
	 0,
	 NULL},
	{"without a name",
	 {TLS1_2_VERSION, TLS1_3_VERSION, false, true, false},
	 {SPAN_INIT(""), 0, 0},
	 TLS_SESSION_OPEN,
	 0x0304,
	 &ec_leaf},
};

static void check_view(const struct row *row, const struct talk *talk, const struct server *server)
{
	struct arena *arena = arena_new(1000000);
	struct tls_session_view view = tls_session_view(arena, talk->session);
	assert_row_int(row->name, view.version, row->version);
	assert_row_int(row->name, view.chain_count, 1);
	assert_row_span(row->name, view.chain[0], certificate_der(arena, row->leaf));
	assert_row_int(row->name, view.asks_certificate, false);
	assert_row_int(row->name, view.has_master_secret, row->version < 0x0304);
	assert_row_int(row->name, view.suite != 0, true);
	const char *sent = SSL_get_servername(server->ssl, TLSEXT_NAMETYPE_host_name);
	assert_row_span(row->name, span_of_string(sent), row->options.server_name);
	arena_free(arena);
}

static void test_handshakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct server server = server_new(&rows[i].server);
		struct talk talk = talk_new(&rows[i].options);
		shake_hands(&talk, &server);
		assert_row_int(rows[i].name, talk.state, rows[i].state);
		if (talk.state == TLS_SESSION_OPEN) {
			check_view(&rows[i], &talk, &server);
		} else {
			assert_row_int(rows[i].name, tls_session_error(talk.session).len > 0, true);
		}
		talk_free(&talk);
		server_free(&server);
	}
}

static const struct server_order modern = {TLS1_2_VERSION, TLS1_3_VERSION, false, true, false};
static const struct server_order older = {TLS1_2_VERSION, TLS1_2_VERSION, false, true, false};

static void test_data(void **state)
{
	(void)state;
	struct server server = server_new(&modern);
	struct talk talk = talk_new(&(struct tls_session_options){0});
	shake_hands(&talk, &server);
	assert_int_equal(tls_session_write(talk.session, SPAN("EHLO x\r\n"), &talk.send),
			 TLS_SESSION_OPEN);
	turn(&talk, &server);
	turn(&talk, &server);
	assert_row_span("echo", buffer_span(&talk.data), SPAN("EHLO x\r\n"));
	SSL_shutdown(server.ssl);
	server_turn(&server, &talk.send, &talk.back);
	turn(&talk, &server);
	assert_int_equal(talk.state, TLS_SESSION_CLOSED);
	talk_free(&talk);
	server_free(&server);
}

/* The same octets, one at a time. */
static void test_pieces(void **state)
{
	(void)state;
	struct server server = server_new(&modern);
	struct talk talk = talk_new(&(struct tls_session_options){0});
	talk.state = tls_session_receive(talk.session, span_of(NULL, 0), &talk.send, &talk.data);
	for (int i = 0; i < MAX_TURNS && talk.state == TLS_SESSION_MORE; i++) {
		server_turn(&server, &talk.send, &talk.back);
		for (size_t k = 0; k < talk.back.len; k++) {
			talk.state =
				tls_session_receive(talk.session, span_of(talk.back.data + k, 1),
						    &talk.send, &talk.data);
		}
		buffer_clear(&talk.back);
	}
	assert_int_equal(talk.state, TLS_SESSION_OPEN);
	talk_free(&talk);
	server_free(&server);
}

static void test_not_tls(void **state)
{
	(void)state;
	struct talk talk = talk_new(&(struct tls_session_options){0});
	(void)tls_session_receive(talk.session, span_of(NULL, 0), &talk.send, &talk.data);
	assert_true(talk.send.len > 100);
	assert_int_equal(tls_session_receive(talk.session, SPAN("500 5.5.1 what?\r\n"), &talk.send,
					     &talk.data),
			 TLS_SESSION_FAILED);
	assert_true(tls_session_error(talk.session).len > 0);
	talk_free(&talk);
}

static void test_certificate_request(void **state)
{
	(void)state;
	const struct server_order order = {TLS1_2_VERSION, TLS1_2_VERSION, false, true, true};
	struct server server = server_new(&order);
	struct talk talk = talk_new(&(struct tls_session_options){0});
	shake_hands(&talk, &server);
	assert_int_equal(talk.state, TLS_SESSION_OPEN);
	struct arena *arena = arena_new(1000000);
	assert_true(tls_session_view(arena, talk.session).asks_certificate);
	arena_free(arena);
	talk_free(&talk);
	server_free(&server);
}

static void test_renegotiation(void **state)
{
	(void)state;
	struct server server = server_new(&older);
	struct talk talk = talk_new(&(struct tls_session_options){0});
	shake_hands(&talk, &server);
	assert_true(tls_session_renegotiate(talk.session, &talk.send));
	assert_true(tls_session_is_renegotiating(talk.session));
	assert_true(talk.send.len > 0);
	talk_free(&talk);
	server_free(&server);

	server = server_new(&modern);
	talk = talk_new(&(struct tls_session_options){0});
	shake_hands(&talk, &server);
	assert_false(tls_session_renegotiate(talk.session, &talk.send));
	talk_free(&talk);
	server_free(&server);
}

/* libcurl's connections are read like our own. */
static void test_view_of_another(void **state)
{
	(void)state;
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(context);
	SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_connect_state(ssl);
	struct server server = server_new(&modern);
	struct buffer there = buffer_new(100000);
	struct buffer back = buffer_new(100000);
	char octets[4096];
	for (int i = 0; i < MAX_TURNS && SSL_do_handshake(ssl) != 1; i++) {
		int len;
		while ((len = BIO_read(SSL_get_wbio(ssl), octets, sizeof(octets))) > 0) {
			buffer_append(&there, span_of(octets, (size_t)len));
		}
		server_turn(&server, &there, &back);
		BIO_write(SSL_get_rbio(ssl), back.data, (int)back.len);
		buffer_clear(&back);
	}
	struct arena *arena = arena_new(1000000);
	struct tls_session_view view = tls_session_view_of(arena, ssl);
	assert_int_equal(view.version, 0x0304);
	assert_row_span("leaf", view.chain[0], certificate_der(arena, &ec_leaf));
	arena_free(arena);
	buffer_free(&there);
	buffer_free(&back);
	server_free(&server);
	SSL_free(ssl);
	SSL_CTX_free(context);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handshakes),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_not_tls),
		cmocka_unit_test(test_certificate_request),
		cmocka_unit_test(test_renegotiation),
		cmocka_unit_test(test_view_of_another),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
