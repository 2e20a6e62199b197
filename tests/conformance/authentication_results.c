/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Reads one hexadecimal Authentication-Results value a line and prints it as JSON: null when
 * refused, else id and results.
 */
#include <stdio.h>
#include <stdlib.h>

#include "message/authentication_results.h"

static void print_result(struct json_writer *json, const struct authentication_result *result)
{
	json_object_begin(json);
	json_key_string(json, "method", result->method);
	json_key_string(json, "result", result->result);
	json_key_string(json, "reason", result->reason);
	json_key(json, "properties");
	json_array_begin(json);
	for (size_t i = 0; i < result->properties.len; i++) {
		const struct authentication_property *property =
			VECTOR_AT(&result->properties, struct authentication_property, i);
		json_array_begin(json);
		json_put_string(json, property->type);
		json_put_string(json, property->property);
		json_put_string(json, property->value);
		json_array_end(json);
	}
	json_array_end(json);
	json_object_end(json);
}

static void print_results(const struct authentication_results *results)
{
	struct buffer text = buffer_new((size_t)1 << 20);
	struct json_writer json = json_writer_new(&text, 0 /* indent_width */);
	json_object_begin(&json);
	json_key(&json, "id");
	if (results->has_id) {
		json_put_string(&json, results->id);
	} else {
		json_put_null(&json);
	}
	json_key_bool(&json, "is_strict", results->is_strict);
	json_key(&json, "results");
	json_array_begin(&json);
	for (size_t i = 0; i < results->results.len; i++) {
		print_result(&json, VECTOR_AT(&results->results, struct authentication_result, i));
	}
	json_array_end(&json);
	json_object_end(&json);
	printf("%.*s\n", SPAN_ARG(buffer_span(&text)));
	buffer_free(&text);
}

static bool read_line(struct arena *arena, struct span line)
{
	struct buffer value = buffer_new(LIMIT_DNS_MESSAGE);
	struct authentication_results results;
	bool is_done = number_parse_hex(span_trim(line, "\n"), &value);
	if (is_done && authentication_results_parse(arena, buffer_span(&value), &results)) {
		print_results(&results);
	} else if (is_done) {
		printf("null\n");
	}
	buffer_free(&value);
	return is_done;
}

int main(void)
{
	static char line[2 * LIMIT_DNS_MESSAGE + 2];
	struct arena *arena = arena_new((size_t)16 << 20);
	bool is_done = arena != NULL;
	while (is_done && fgets(line, sizeof(line), stdin) != NULL) {
		is_done = read_line(arena, span_of_string(line));
		arena_reset(arena);
	}
	arena_free(arena);
	return is_done ? EXIT_SUCCESS : EXIT_FAILURE;
}
