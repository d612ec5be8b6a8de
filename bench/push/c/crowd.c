/* Many Socket.IO clients in one thread, which count what they are told.
 *
 * crowd PORT CLIENTS READ_BYTES connects them, all at once, and reads at most so many bytes at a time. Then it obeys
 * what stands on its input, a line at a time, and answers each with one line of JSON:
 *
 *   expect FIRST COUNT SECONDS  count these events: one answer at once, the next when all have come or the time is over
 *   stall CLIENTS               so many read nothing from now on, and nothing is expected of them
 *   resume SECONDS              have them read for so long; tells how many the server had cut off
 *
 * At the end of its input the clients leave.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "client.h"
#include "tally.h"

enum { CONNECT_SECONDS = 60, PATIENCE_MS = 20, EVENTS = 512 };
static const char EVENT[] = "42[\"updated_model\",";

static struct client *clients;
static size_t client_count, stalled_count, most_bytes;
static struct tally tally;
static int poll_fd;

static size_t count_stage(enum stage stage) {
    size_t count = 0;
    for (size_t i = 0; i < client_count; i++) count += clients[i].stage == stage;
    return count;
}

static size_t count_stalled_and_closed(void) {
    size_t count = 0;
    for (size_t i = 0; i < stalled_count; i++) count += clients[i].stage == CLOSED;
    return count;
}

static void on_update(struct client *client, const char *text, size_t bytes) {
    struct stamp stamp;
    if (client->stalled || !tally.clients || strncmp(text, EVENT, sizeof EVENT - 1) != 0) return;
    if (text[bytes - 1] != ']' || !read_stamp(text, bytes, &stamp)) {
        tally.malformed++;
    } else {
        tally_see(&tally, client - clients, stamp, now_ns());
    }
}

static void watch(struct client *client, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = client};
    epoll_ctl(poll_fd, operation, client->socket, &event);
}

static void serve(struct client *client) {
    if (client->stage == CONNECTING) {
        client_upgrade(client);
        if (client->stage != CLOSED) watch(client, EPOLL_CTL_MOD, EPOLLIN);
    } else if (client->stage != CLOSED) {
        client_read(client, most_bytes, on_update);
    }
    if (client->stage == CLOSED) tally_give_up(&tally, client - clients);
}

/* Serve the clients until something is said to us, or this time has come; return whether something was. */
static bool serve_until(int64_t deadline_ns) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(poll_fd, events, EVENTS, deadline_ns < 0 ? -1 : PATIENCE_MS);
    bool is_told = false;
    for (int i = 0; i < count; i++) {
        if (events[i].data.ptr == NULL) {
            is_told = true;
        } else {
            serve(events[i].data.ptr);
        }
    }
    return is_told;
}

static void say(const char *end) {
    puts(end);
    fflush(stdout);
}

static void connect_all(int port) {
    int64_t began = now_ns(), deadline = began + CONNECT_SECONDS * INT64_C(1000000000);
    for (size_t i = 0; i < client_count; i++) {
        if (!client_connect(&clients[i], port)) {
            clients[i].stage = CLOSED;
        } else {
            watch(&clients[i], EPOLL_CTL_ADD, EPOLLOUT);
        }
    }
    while (count_stage(LISTENING) + count_stage(CLOSED) < client_count && now_ns() < deadline) serve_until(deadline);
    printf("{\"connected\": %zu, \"seconds\": %.6f", count_stage(LISTENING), (now_ns() - began) / 1e9);
    say("}");
}

static double processor_seconds(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void expect(uint64_t first, uint64_t count, int seconds) {
    int64_t began = now_ns(), deadline = began + seconds * INT64_C(1000000000);
    double used = processor_seconds();
    tally_begin(&tally, client_count, first, count);
    for (size_t i = 0; i < client_count; i++) {
        if (clients[i].stalled || clients[i].stage == CLOSED) tally_give_up(&tally, i);
    }
    say("{}");
    /* Whoever says something meanwhile, or is gone, waits for nothing more. */
    while (tally.all_left && now_ns() < deadline && !serve_until(deadline)) continue;
    used = processor_seconds() - used;
    tally_print(&tally, client_count - stalled_count);
    printf(", \"closed\": %zu, \"client_busy_seconds\": %.3f", count_stage(CLOSED) - count_stalled_and_closed(), used);
    say("}");
}

static void stall(size_t count) {
    stalled_count = count < client_count ? count : client_count;
    for (size_t i = 0; i < stalled_count; i++) {
        clients[i].stalled = true;
        if (clients[i].stage != CLOSED) watch(&clients[i], EPOLL_CTL_DEL, 0);
    }
    say("{}");
}

static void resume(int seconds) {
    int64_t deadline = now_ns() + seconds * INT64_C(1000000000);
    for (size_t i = 0; i < stalled_count; i++) {
        if (clients[i].stage != CLOSED) watch(&clients[i], EPOLL_CTL_ADD, EPOLLIN);
    }
    while (count_stalled_and_closed() < stalled_count && now_ns() < deadline) serve_until(deadline);
    printf("{\"cut\": %zu", count_stalled_and_closed());
    say("}");
}

static void obey(const char *command) {
    uint64_t first, count;
    int seconds;
    if (sscanf(command, "expect %lu %lu %d", &first, &count, &seconds) == 3) {
        expect(first, count, seconds);
    } else if (sscanf(command, "stall %lu", &count) == 1) {
        stall(count);
    } else if (sscanf(command, "resume %d", &seconds) == 1) {
        resume(seconds);
    } else {
        say("{\"error\": \"no such command\"}");
    }
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fputs("usage: crowd PORT CLIENTS READ_BYTES\n", stderr);
        return 2;
    }
    client_count = strtoul(argv[2], NULL, 10);
    most_bytes = strtoul(argv[3], NULL, 10);
    clients = calloc(client_count, sizeof *clients);
    poll_fd = epoll_create1(0);
    connect_all(atoi(argv[1]));
    struct epoll_event input = {.events = EPOLLIN};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &input);
    for (;;) {
        char command[128];
        if (!serve_until(-1)) continue;
        ssize_t bytes = read(STDIN_FILENO, command, sizeof command - 1);
        if (bytes <= 0) break;
        command[bytes] = '\0';
        obey(command);
    }
    for (size_t i = 0; i < client_count; i++) client_leave(&clients[i]);
    return 0;
}
