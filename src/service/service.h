/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * service: the use cases, without faces. A face (cli, server) reads options, calls one of these,
 * and hands the result to present.
 *
 *   check    one or a few domains: facts -> judgement -> advice -> profiles
 */
#ifndef MAILSEAL_SERVICE_SERVICE_H
#define MAILSEAL_SERVICE_SERVICE_H

#include "service/check.h"

#endif
