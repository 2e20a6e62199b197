/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What every store must do with an estate's runs, leases and results, told once and run against
 * each database. Arguments as of contract.c.
 */
#include "estate_contract.h"
#include "place.h"

static void open_world(struct world *world)
{
	struct failure failure;
	must(store_open(world->location, &world->store, &failure), &failure);
}

static int run_all(const char *location)
{
	static struct world world;
	world.location = location;
	open_world(&world);
	int failed = estate_contract_jobs(&world) + estate_contract_results(&world) +
		     estate_contract_notices(&world);
	store_close(world.store);
	return failed;
}

int main(int argc, char **argv)
{
	return run_in_place(argc, argv, run_all);
}
