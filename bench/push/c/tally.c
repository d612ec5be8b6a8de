#include "tally.h"

#include <stdio.h>
#include <stdlib.h>

void tally_begin(struct tally *tally, size_t clients, uint64_t first, uint64_t count) {
    free(tally->seen), free(tally->newest), free(tally->left), free(tally->taken_us);
    *tally = (struct tally){.first = first, .count = count, .clients = clients, .all_left = clients * count};
    tally->began_ns = INT64_MAX;
    tally->seen = calloc(clients * count, 1);
    tally->newest = malloc(clients * sizeof *tally->newest);
    tally->left = malloc(clients * sizeof *tally->left);
    tally->taken_us = malloc(clients * count * sizeof *tally->taken_us);
    for (size_t client = 0; client < clients; client++) {
        tally->newest[client] = -1;
        tally->left[client] = count;
    }
}

void tally_give_up(struct tally *tally, size_t client) {
    if (client >= tally->clients) return;
    tally->all_left -= tally->left[client];
    tally->left[client] = 0;
}

static void note_time(struct tally *tally, int64_t published, int64_t now) {
    tally->taken_us[tally->deliveries++] = (now - published) / 1000;
    if (published < tally->began_ns) tally->began_ns = published;
    tally->ended_ns = now;
}

void tally_see(struct tally *tally, size_t client, struct stamp stamp, int64_t now) {
    uint64_t index = stamp.number - tally->first;
    if (stamp.number < tally->first || index >= tally->count) {
        tally->stray++;
        return;
    }
    unsigned char *seen = &tally->seen[client * tally->count + index];
    if (*seen) {
        tally->repeated++;
        return;
    }
    *seen = 1;
    note_time(tally, stamp.at_ns, now);
    if ((int64_t)index < tally->newest[client]) {
        tally->out_of_order++;
    } else {
        tally->newest[client] = index;
    }
    if (tally->left[client]) tally->left[client]--, tally->all_left--;
}

static int compare(const void *one, const void *other) {
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

/* The latency that so many of a hundred deliveries did not exceed. */
static double percentile_ms(const struct tally *tally, size_t percent) {
    if (!tally->deliveries) return 0;
    size_t rank = (tally->deliveries * percent + 99) / 100;
    return tally->taken_us[rank - 1] / 1000.0;
}

void tally_print(struct tally *tally, size_t expected_clients) {
    qsort(tally->taken_us, tally->deliveries, sizeof *tally->taken_us, compare);
    double seconds = tally->deliveries ? (tally->ended_ns - tally->began_ns) / 1e9 : 0;
    printf("{\"deliveries\": %zu, \"seconds\": %.6f, ", tally->deliveries, seconds);
    printf("\"p50_ms\": %.3f, ", percentile_ms(tally, 50));
    printf("\"p99_ms\": %.3f, \"max_ms\": %.3f, ", percentile_ms(tally, 99), percentile_ms(tally, 100));
    printf("\"lost\": %zd, ", (ssize_t)(expected_clients * tally->count - tally->deliveries));
    printf("\"repeated\": %zu, \"out_of_order\": %zu, ", tally->repeated, tally->out_of_order);
    printf("\"stray\": %zu, \"malformed\": %zu", tally->stray, tally->malformed);
}
