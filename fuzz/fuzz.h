/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What every fuzz target shares. */
#ifndef MAILSEAL_FUZZ_FUZZ_H
#define MAILSEAL_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdlib.h>

#include "base/base.h"

/* More than any target needs for one input. */
#define FUZZ_ARENA_BYTES ((size_t)8 << 20)

/* A property that must hold for every input; unlike assert(), in every build. */
#define FUZZ_CHECK(condition)                                                                      \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* Takes any octets and returns 0, or does not return when a property is broken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
