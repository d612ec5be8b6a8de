/* What clients have received of one series of events, and how long that took. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stamp.h"

struct tally {
    uint64_t first, count; /* The numbers of the events. */
    size_t clients;
    unsigned char *seen; /* By client and event, whether it came. */
    int64_t *newest;     /* By client, the highest number that came; -1 before any did. */
    size_t *left;        /* By client, how many are still to come. */
    size_t all_left;     /* The sum of it, without those of whom nothing is expected any more. */
    int64_t *taken_us;   /* From publish to receipt, of each delivery. */
    size_t deliveries, repeated, out_of_order, stray, malformed;
    int64_t began_ns, ended_ns;
};

/* Expect a series; events that come before the first one do not count. */
void tally_begin(struct tally *tally, size_t clients, uint64_t first, uint64_t count);

/* Note that an event came to a client now. */
void tally_see(struct tally *tally, size_t client, struct stamp stamp, int64_t now);

/* Expect nothing more of a client. */
void tally_give_up(struct tally *tally, size_t client);

/* Print what was seen, as the beginning of a JSON object: ms of latency, seconds from first publish to last receipt. */
void tally_print(struct tally *tally, size_t expected_clients);
