/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads the small "key = value" format. */
#include "guide/conf.h"

#include "guide/guidance_tables.h"

struct conf_reader {
	struct arena *arena;
	struct span path;
	size_t line;
	struct conf_section *section; /* NULL before the first */
	struct conf *conf;
	struct failure *reterr;
};

static int complain(const struct conf_reader *reader, const char *why)
{
	char what[96];
	struct buffer text = buffer_new(sizeof(what) - 1);
	buffer_append(&text, reader->path);
	int r = failure_set(reader->reterr, FAILURE_INPUT, text.data != NULL ? text.data : "conf",
			    "line %zu: %s", reader->line, why);
	buffer_free(&text);
	return r;
}

static int read_section(struct conf_reader *reader, struct span line)
{
	if (line.ptr[line.len - 1] != ']' || line.len < 3) {
		return complain(reader, "a section is written [kind name]");
	}
	struct span inside = span_slice(line, 1, line.len - 2);
	size_t space = span_find(inside, ' ', 0);
	if (space == 0) {
		return complain(reader, "a section is written [kind name]");
	}
	struct conf_section *section = VECTOR_PUSH(&reader->conf->sections, reader->arena,
						   struct conf_section, CONF_MAX_SECTIONS);
	if (section == NULL) {
		return complain(reader, "too many sections");
	}
	section->kind = span_slice(inside, 0, space);
	section->name = span_trim(span_from(inside, space), TEXT_SPACE);
	section->line = reader->line;
	reader->section = section;
	return 0;
}

static int read_entry(struct conf_reader *reader, struct span line)
{
	size_t equals = span_find(line, '=', 0);
	struct span key = span_trim(span_slice(line, 0, equals), TEXT_SPACE);
	if (equals == line.len || key.len == 0) {
		return complain(reader, "expected \"key = value\"");
	}
	if (reader->section == NULL) {
		return complain(reader, "a key before the first [section]");
	}
	struct conf_entry *entry = VECTOR_PUSH(&reader->section->entries, reader->arena,
					       struct conf_entry, CONF_MAX_ENTRIES);
	if (entry == NULL) {
		return complain(reader, "too many keys");
	}
	*entry = (struct conf_entry){
		.key = key,
		.value = span_trim(span_from(line, equals + 1), TEXT_SPACE),
		.line = reader->line,
	};
	return 0;
}

static int read_line(struct conf_reader *reader, struct span line)
{
	line = span_trim(line, TEXT_SPACE);
	if (line.len == 0 || line.ptr[0] == '#') {
		return 0;
	}
	return line.ptr[0] == '[' ? read_section(reader, line) : read_entry(reader, line);
}

int conf_parse(struct arena *arena, struct span path, struct span text, struct conf *ret_conf,
	       struct failure *reterr)
{
	struct conf conf = {0};
	struct conf_reader reader = {arena, path, 0, NULL, &conf, reterr};
	struct span line;
	while (span_split(&text, '\n', &line)) {
		reader.line++;
		if (!text_is_utf8(line)) {
			return complain(&reader, "not UTF-8");
		}
		int r = read_line(&reader, line);
		if (r < 0) {
			return r;
		}
	}
	if (arena_has_failed(arena)) {
		return failure_set_memory(reterr, "read a data file");
	}
	*ret_conf = conf;
	return 0;
}

struct span conf_get(const struct conf_section *section, struct span key)
{
	for (size_t i = 0; i < section->entries.len; i++) {
		const struct conf_entry *entry = conf_entry_at(section, i);
		if (span_equal(entry->key, key)) {
			return entry->value;
		}
	}
	return span_of(NULL, 0);
}

size_t conf_embedded_count(void)
{
	return embedded_file_count;
}

struct span conf_embedded_path(size_t i)
{
	return embedded_files[i].path;
}

bool conf_embedded(struct span path, struct span *ret_text)
{
	for (size_t i = 0; i < embedded_file_count; i++) {
		if (span_equal(embedded_files[i].path, path)) {
			*ret_text = embedded_files[i].text;
			return true;
		}
	}
	return false;
}
