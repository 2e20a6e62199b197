/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What generate.py writes; only guide's own files look at it. */
#ifndef MAILSEAL_GUIDE_GUIDANCE_TABLES_H
#define MAILSEAL_GUIDE_GUIDANCE_TABLES_H

#include "guide/guidance.h"

/* A data file as it stands in the source tree, for the conf parser. */
struct embedded_file {
	struct span path;
	struct span text;
};

extern const struct guidance guidance_table[];
extern const struct fix_text fix_table[];
extern const struct span sentence_table[];
extern const struct span introduction_text;
extern const struct embedded_file embedded_files[];
extern const size_t embedded_file_count;

#endif
