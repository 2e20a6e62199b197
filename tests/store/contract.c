/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What every store must do, told once and run against each database:
 *
 *   contract                       a SQLite file of its own
 *   contract postgresql://...      an empty PostgreSQL database
 */
#include "contract.h"
#include "place.h"

static int open_world(void **state)
{
	struct world *world = *state;
	struct failure failure;
	must(store_open(world->location, &world->store, &failure), &failure);
	return 0;
}

static int close_world(void **state)
{
	struct world *world = *state;
	store_close(world->store);
	return 0;
}

static int run_all(const char *location)
{
	static struct world world;
	world.location = location;
	void *state = &world;
	open_world(&state);
	int failed = contract_reading(&world) + contract_batches(&world) + contract_large(&world) +
		     contract_authenticity(&world);
	close_world(&state);
	return failed;
}

int main(int argc, char **argv)
{
	return run_in_place(argc, argv, run_all);
}
