/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The limits of the program, and why. */
#include "reports/limits.h"

#define MEBIBYTE ((uint64_t)1 << 20)

struct report_limits report_limits_default(void)
{
	return (struct report_limits){
		/* mbox, mail, forwarded mail, zip, gzip, gzip: the deepest that makes sense */
		.max_nesting = 8,
		/* a month of one reporter in one zip is far below */
		.max_members = 10000,
		/* 100,000 synthetic rows pack 28 : 1, rows that repeat 80 : 1; zeros 1,030 : 1 */
		.max_ratio = 200,
		.ratio_free_bytes = 16 * MEBIBYTE,
		.max_unpacked_bytes = 8192 * MEBIBYTE,
		/* two million rows of 800 octets and more */
		.max_document_bytes = 2048 * MEBIBYTE,
		.max_rows = 5000000,
		/* mail systems allow 25 to 50 MB, base64 included; we promise to stay below 64 */
		.max_mail_bytes = 32 * MEBIBYTE,
		/* real ones have a few kB; 200,000 values cost jansson 15 MB */
		.max_json_bytes = 8 * MEBIBYTE,
		.max_json_values = 200000,
		.max_element_bytes = 256 << 10,
		.max_element_depth = 32,
		.max_resumptions = 1000,
		.max_folder_depth = 16,
	};
}
