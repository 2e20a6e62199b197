/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Stands in for libFuzzer: gives the target each file of a seed directory once. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

/* libFuzzer's own limit for an input is less. */
#define INPUT_MAX ((size_t)1 << 20)
#define PATH_SIZE 4096

/* A block of exactly the file's size, so that a sanitizer sees each read past its end. */
static bool run_file(const char *path)
{
	static uint8_t input[INPUT_MAX];
	FILE *file = fopen(path, "rb");
	if (file == NULL) {
		return false;
	}
	size_t size = fread(input, 1, sizeof(input), file);
	bool is_read = !ferror(file) && size < sizeof(input);
	fclose(file);
	uint8_t *exact = is_read ? malloc(size > 0 ? size : 1) : NULL;
	if (exact == NULL) {
		return false;
	}
	memcpy(exact, input, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	return true;
}

/* Inputs run, or -1 when one could not be read. */
static long run_directory(const char *path)
{
	DIR *directory = opendir(path);
	long count = 0;
	if (directory == NULL) {
		return -1;
	}
	for (struct dirent *entry = readdir(directory); entry != NULL && count >= 0;
	     entry = readdir(directory)) {
		char file[PATH_SIZE];
		if (entry->d_name[0] == '.') {
			continue;
		}
		int len = snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		bool is_run = len > 0 && len < PATH_SIZE && run_file(file);
		count = is_run ? count + 1 : -1;
	}
	closedir(directory);
	return count;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
		return EXIT_FAILURE;
	}
	long count = run_directory(argv[1]);
	if (count <= 0) {
		fprintf(stderr, "%s: no seeds could be read\n", argv[1]);
		return EXIT_FAILURE;
	}
	printf("%ld inputs\n", count);
	return EXIT_SUCCESS;
}
