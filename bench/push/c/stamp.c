#define _GNU_SOURCE
#include "stamp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char MARK[] = "stamp=";
enum { MARK_CHARS = sizeof MARK - 1, NUMBER_CHARS = 8, TIME_CHARS = 20 };
enum { ALL_CHARS = MARK_CHARS + NUMBER_CHARS + 1 + TIME_CHARS };

int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

char *find_stamp(const char *text, size_t bytes) {
    char *place = memmem(text, bytes, MARK, MARK_CHARS);
    return place != NULL && place + ALL_CHARS <= text + bytes ? place : NULL;
}

/* Read so many digits; false if one of them is none. */
static bool read_digits(const char *text, int digits, uint64_t *number) {
    for (*number = 0; digits; digits--, text++) {
        if (*text < '0' || *text > '9') return false;
        *number = *number * 10 + (*text - '0');
    }
    return true;
}

bool read_stamp(const char *text, size_t bytes, struct stamp *stamp) {
    const char *place = find_stamp(text, bytes);
    uint64_t at_ns;
    if (place == NULL || !read_digits(place + MARK_CHARS, NUMBER_CHARS, &stamp->number)) return false;
    if (!read_digits(place + MARK_CHARS + NUMBER_CHARS + 1, TIME_CHARS, &at_ns)) return false;
    stamp->at_ns = (int64_t)at_ns;
    return true;
}

void write_stamp(char *place, struct stamp stamp) {
    char written[ALL_CHARS + 1];
    uint64_t at_ns = stamp.at_ns;
    snprintf(written, sizeof written, "%s%0*lu,%0*lu", MARK, NUMBER_CHARS, stamp.number, TIME_CHARS, at_ns);
    memcpy(place, written, ALL_CHARS);
}
