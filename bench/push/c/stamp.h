/* The stamp that every event carries somewhere in its text: its number, and when it was published. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stamp {
    uint64_t number;
    int64_t at_ns; /* Of CLOCK_MONOTONIC. */
};

int64_t now_ns(void);

/* Return where the stamp in *text* is, or NULL. */
char *find_stamp(const char *text, size_t bytes);

/* Read the stamp of an event; false if it has none. */
bool read_stamp(const char *text, size_t bytes, struct stamp *stamp);

/* Write over the stamp at *place*. */
void write_stamp(char *place, struct stamp stamp);
