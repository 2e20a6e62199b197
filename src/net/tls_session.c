/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* libssl over memory BIOs. */
#include "net/tls_session.h"

#include <limits.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

/* Whatever a server still speaks, we want to see its certificate. */
#define EVERY_SUITE "ALL:COMPLEMENTOFALL:!aNULL:!eNULL:!PSK:!SRP:@SECLEVEL=0"
#define RSA_SUITES "ALL:COMPLEMENTOFALL:!aNULL:!eNULL:!PSK:!SRP:!aECDSA:!aDSS:@SECLEVEL=0"
#define ECDSA_SUITES "aECDSA:!eNULL:@SECLEVEL=0"
#define RSA_SCHEMES "RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512"
#define ECDSA_SCHEMES "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:ed448"
/* Data that came at once; a greeting inside TLS is far below. */
#define READ_BYTES 4096

struct tls_client {
	SSL_CTX *context;
};

struct tls_session {
	SSL *ssl;
	BIO *in;
	BIO *out;
	bool is_open;
	bool asks_certificate;
	uint32_t early_data_bytes;
	char error[160];
};

static struct tls_session *session_of(const SSL *ssl)
{
	return SSL_get_app_data(ssl);
}

static int on_certificate_request(SSL *ssl, X509 **certificate, EVP_PKEY **key)
{
	(void)certificate;
	(void)key;
	session_of(ssl)->asks_certificate = true;
	return 0;
}

static int on_ticket(SSL *ssl, SSL_SESSION *ticket)
{
	struct tls_session *session = session_of(ssl);
	uint32_t early = SSL_SESSION_get_max_early_data(ticket);
	if (early > session->early_data_bytes) {
		session->early_data_bytes = early;
	}
	return 0;
}

/* The chain is looked at afterwards, with the judge's time. */
static int on_verify(int is_ok, X509_STORE_CTX *context)
{
	(void)is_ok;
	(void)context;
	return 1;
}

int tls_client_new(struct tls_client **ret_client, struct failure *reterr)
{
	struct tls_client *client = calloc(1, sizeof(*client));
	if (client == NULL) {
		return failure_set_memory(reterr, "start TLS");
	}
	client->context = SSL_CTX_new(TLS_client_method());
	if (client->context == NULL || SSL_CTX_set_cipher_list(client->context, EVERY_SUITE) != 1) {
		tls_client_free(client);
		return failure_set(reterr, FAILURE_LIBRARY, "start TLS", "OpenSSL refused");
	}
	SSL_CTX_set_verify(client->context, SSL_VERIFY_PEER, on_verify);
	SSL_CTX_set_client_cert_cb(client->context, on_certificate_request);
	SSL_CTX_set_session_cache_mode(client->context,
				       SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(client->context, on_ticket);
	SSL_CTX_set_min_proto_version(client->context, TLS1_VERSION);
	SSL_CTX_set_options(client->context, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_COMPRESSION |
						     SSL_OP_ALLOW_CLIENT_RENEGOTIATION |
						     SSL_OP_IGNORE_UNEXPECTED_EOF);
	*ret_client = client;
	return 0;
}

void tls_client_free(struct tls_client *client)
{
	if (client != NULL) {
		SSL_CTX_free(client->context);
		free(client);
	}
}

static bool set_key(SSL *ssl, enum tls_auth key)
{
	if (key != TLS_AUTH_RSA && key != TLS_AUTH_ECDSA) {
		return true;
	}
	bool is_rsa = key == TLS_AUTH_RSA;
	char rsa[] = RSA_SCHEMES;
	char ecdsa[] = ECDSA_SCHEMES;
	return SSL_set_cipher_list(ssl, is_rsa ? RSA_SUITES : ECDSA_SUITES) == 1 &&
	       SSL_set1_sigalgs_list(ssl, is_rsa ? rsa : ecdsa) == 1;
}

static bool set_server_name(SSL *ssl, struct span name)
{
	char text[LIMIT_NAME_ESCAPED + 1];
	if (name.len == 0 || name.len >= sizeof(text)) {
		return name.len == 0;
	}
	memcpy(text, name.ptr, name.len);
	text[name.len] = '\0';
	return SSL_set_tlsext_host_name(ssl, text) == 1;
}

static bool start(struct tls_session *session, struct tls_client *client,
		  const struct tls_session_options *options)
{
	session->ssl = SSL_new(client->context);
	session->in = BIO_new(BIO_s_mem());
	session->out = BIO_new(BIO_s_mem());
	if (session->ssl == NULL || session->in == NULL || session->out == NULL) {
		BIO_free(session->in);
		BIO_free(session->out);
		return false;
	}
	BIO_set_mem_eof_return(session->in, -1);
	SSL_set_bio(session->ssl, session->in, session->out);
	SSL_set_app_data(session->ssl, session);
	SSL_set_connect_state(session->ssl);
	SSL_set_tlsext_status_type(session->ssl, TLSEXT_STATUSTYPE_ocsp);
	if (options->max_version != 0) {
		SSL_set_max_proto_version(session->ssl, options->max_version);
	}
	return set_key(session->ssl, options->key) &&
	       set_server_name(session->ssl, options->server_name);
}

struct tls_session *tls_session_new(struct tls_client *client,
				    const struct tls_session_options *options)
{
	struct tls_session *session = calloc(1, sizeof(*session));
	if (session != NULL && !start(session, client, options)) {
		tls_session_free(session);
		session = NULL;
	}
	return session;
}

void tls_session_free(struct tls_session *session)
{
	if (session != NULL) {
		SSL_free(session->ssl);
		free(session);
	}
}

static void flush(struct tls_session *session, struct buffer *send)
{
	char octets[READ_BYTES];
	int len;
	while ((len = BIO_read(session->out, octets, sizeof(octets))) > 0) {
		buffer_append(send, span_of(octets, (size_t)len));
	}
}

static enum tls_session_state fail(struct tls_session *session)
{
	unsigned long error = ERR_peek_last_error();
	const char *reason = error != 0 ? ERR_reason_error_string(error) : NULL;
	struct span text = span_of_string(reason != NULL ? reason : "the handshake broke off");
	text = span_slice(text, 0, sizeof(session->error) - 1);
	memcpy(session->error, text.ptr, text.len);
	session->error[text.len] = '\0';
	ERR_clear_error();
	return TLS_SESSION_FAILED;
}

static enum tls_session_state state_after(struct tls_session *session, int result)
{
	switch (SSL_get_error(session->ssl, result)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return session->is_open ? TLS_SESSION_OPEN : TLS_SESSION_MORE;
	case SSL_ERROR_ZERO_RETURN:
		return TLS_SESSION_CLOSED;
	default:
		return fail(session);
	}
}

static enum tls_session_state advance(struct tls_session *session, struct buffer *data)
{
	ERR_clear_error();
	if (!session->is_open) {
		int result = SSL_do_handshake(session->ssl);
		if (result != 1) {
			return state_after(session, result);
		}
		session->is_open = true;
	}
	char octets[READ_BYTES];
	int len;
	while ((len = SSL_read(session->ssl, octets, sizeof(octets))) > 0) {
		buffer_append(data, span_of(octets, (size_t)len));
		if (data->is_failed) {
			return TLS_SESSION_FAILED;
		}
	}
	return state_after(session, len);
}

enum tls_session_state tls_session_receive(struct tls_session *session, struct span octets,
					   struct buffer *send, struct buffer *data)
{
	if (octets.len > INT_MAX ||
	    (octets.len > 0 && BIO_write(session->in, octets.ptr, (int)octets.len) <= 0)) {
		return fail(session);
	}
	enum tls_session_state state = advance(session, data);
	flush(session, send);
	return state;
}

enum tls_session_state tls_session_write(struct tls_session *session, struct span text,
					 struct buffer *send)
{
	ERR_clear_error();
	int result = text.len <= INT_MAX ? SSL_write(session->ssl, text.ptr, (int)text.len) : -1;
	flush(session, send);
	return result > 0 ? TLS_SESSION_OPEN : state_after(session, result);
}

bool tls_session_renegotiate(struct tls_session *session, struct buffer *send)
{
	ERR_clear_error();
	if (SSL_version(session->ssl) > TLS1_2_VERSION || SSL_renegotiate(session->ssl) != 1) {
		ERR_clear_error();
		return false;
	}
	SSL_do_handshake(session->ssl);
	flush(session, send);
	ERR_clear_error();
	return true;
}

bool tls_session_is_renegotiating(const struct tls_session *session)
{
	return SSL_renegotiate_pending(session->ssl) != 0 || SSL_in_init(session->ssl) != 0;
}

static void read_chain(struct arena *arena, const SSL *ssl, struct tls_session_view *view)
{
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
	size_t total = 0;
	for (int i = 0; chain != NULL && i < sk_X509_num(chain); i++) {
		unsigned char *der = NULL;
		int len = i2d_X509(sk_X509_value(chain, i), &der);
		total += len > 0 ? (size_t)len : 0;
		if (view->chain_count == TLS_SESSION_MAX_CHAIN ||
		    total > TLS_SESSION_MAX_CHAIN_BYTES) {
			view->is_chain_cut = true;
		} else if (len > 0) {
			view->chain[view->chain_count++] =
				arena_copy(arena, span_of(der, (size_t)len));
		}
		OPENSSL_free(der);
	}
}

/* The number of the scheme whose hash and key type the library names. */
static uint16_t scheme_of(SSL *ssl)
{
	int hash = NID_undef;
	int type = NID_undef;
	if (SSL_get_peer_signature_type_nid(ssl, &type) != 1) {
		return 0;
	}
	(void)SSL_get_peer_signature_nid(ssl, &hash);
	switch (type) {
	case EVP_PKEY_ED25519:
		return 0x0807;
	case EVP_PKEY_ED448:
		return 0x0808;
	case EVP_PKEY_RSA_PSS:
		return hash == NID_sha512 ? 0x0806 : hash == NID_sha384 ? 0x0805 : 0x0804;
	case EVP_PKEY_RSA:
	case EVP_PKEY_EC: {
		uint16_t low = type == EVP_PKEY_EC ? 3 : 1;
		uint16_t high = hash == NID_sha512   ? 6
				: hash == NID_sha384 ? 5
				: hash == NID_sha256 ? 4
				: hash == NID_sha224 ? 3
						     : 2;
		return (uint16_t)(high << 8 | low);
	}
	default:
		return 0;
	}
}

/* OpenSSL's own names for what has a NID; the number's low bits else. */
static uint16_t group_of(SSL *ssl)
{
	static const struct {
		int nid;
		uint16_t group;
	} rows[] = {
		{NID_X9_62_prime256v1, 0x0017}, {NID_secp384r1, 0x0018}, {NID_secp521r1, 0x0019},
		{NID_X25519, 0x001d},		{NID_X448, 0x001e},	 {NID_ffdhe2048, 0x0100},
		{NID_ffdhe3072, 0x0101},	{NID_ffdhe4096, 0x0102}, {NID_ffdhe6144, 0x0103},
		{NID_ffdhe8192, 0x0104},
	};
	int nid = (int)SSL_get_negotiated_group(ssl);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].nid == nid) {
			return rows[i].group;
		}
	}
	return 0;
}

struct tls_session_view tls_session_view_of(struct arena *arena, void *library_ssl)
{
	SSL *ssl = library_ssl;
	struct tls_session_view view = {
		.version = (uint16_t)SSL_version(ssl),
		.suite = SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(ssl)),
		.scheme = scheme_of(ssl),
		.has_secure_renegotiation = SSL_get_secure_renegotiation_support(ssl) == 1,
		.has_master_secret = SSL_get_extms_support(ssl) == 1,
	};
	view.group = view.version == TLS_VERSION_13 ? group_of(ssl) : 0;
	read_chain(arena, ssl, &view);
	const unsigned char *ocsp = NULL;
	long len = SSL_get_tlsext_status_ocsp_resp(ssl, &ocsp);
	if (len > 0 && len <= TLS_SESSION_MAX_OCSP_BYTES) {
		view.ocsp = arena_copy(arena, span_of(ocsp, (size_t)len));
	}
	return view;
}

struct tls_session_view tls_session_view(struct arena *arena, const struct tls_session *session)
{
	struct tls_session_view view = tls_session_view_of(arena, session->ssl);
	view.asks_certificate = session->asks_certificate;
	view.early_data_bytes = session->early_data_bytes;
	return view;
}

struct span tls_session_error(const struct tls_session *session)
{
	return span_of_string(session->error);
}
