/* The least that a server can do: for every event one `send` for each client, of a frame that is there already.
 *
 * limit PORT FILE serves WebSockets whose clients speak Socket.IO, and `GET /emit?first=0&count=100&gap_us=0`, which
 * makes it send so many events. FILE has the text of one, with a stamp in it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "frame.h"
#include "stamp.h"

enum { MOST_SOCKETS = 65536, MOST_BYTES = 65536, BACKLOG = 4096, EVENTS = 512 };

/* Who listens, by file descriptor: 0 nobody, 1 upgraded, 2 joined. */
static unsigned char joined[MOST_SOCKETS];
static int listeners[MOST_SOCKETS];
static size_t listener_count;
static unsigned char event_frame[MOST_BYTES];
static size_t event_bytes;
static char *stamp_place;

static void send_text(int client, const char *text) {
    unsigned char frame[10 + 256];
    size_t head = write_head(frame, strlen(text));
    memcpy(frame + head, text, strlen(text));
    send(client, frame, head + strlen(text), MSG_NOSIGNAL);
}

static void load_event(const char *path) {
    char text[MOST_BYTES - 10];
    FILE *file = fopen(path, "r");
    size_t bytes = file ? fread(text, 1, sizeof text, file) : 0;
    size_t head = write_head(event_frame, bytes);
    memcpy(event_frame + head, text, bytes);
    event_bytes = head + bytes;
    stamp_place = find_stamp((char *)event_frame, event_bytes);
    if (stamp_place == NULL) {
        fprintf(stderr, "%s has no event\n", path);
        exit(1);
    }
}

/* One event to all; whoever has no room is waited for, as long as it takes. */
static void send_event(struct stamp stamp) {
    write_stamp(stamp_place, stamp);
    for (size_t i = 0; i < listener_count; i++) {
        size_t sent = 0;
        while (sent < event_bytes) {
            ssize_t now = send(listeners[i], event_frame + sent, event_bytes - sent, MSG_NOSIGNAL);
            if (now <= 0) break;
            sent += now;
        }
    }
}

static void emit(uint64_t first, uint64_t count, int64_t gap_us) {
    int64_t began = now_ns();
    for (uint64_t i = 0; i < count; i++) {
        int64_t due = began + (int64_t)i * gap_us * 1000;
        struct timespec until = {.tv_sec = due / 1000000000, .tv_nsec = due % 1000000000};
        if (gap_us) clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        send_event((struct stamp){.number = first + i, .at_ns = due});
    }
}

static void forget(int client) {
    for (size_t i = 0; i < listener_count; i++) {
        if (listeners[i] == client) listeners[i--] = listeners[--listener_count];
    }
    joined[client] = 0;
    close(client);
}

static void answer_request(int client, const char *request) {
    static const char upgraded[] =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    static const char accepted[] = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    uint64_t first, count;
    int64_t gap_us;
    if (strstr(request, "Upgrade:") != NULL) {
        send(client, upgraded, sizeof upgraded - 1, MSG_NOSIGNAL);
        send_text(client, "0{\"sid\":\"limit\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}");
        joined[client] = 1;
        return;
    }
    send(client, accepted, sizeof accepted - 1, MSG_NOSIGNAL);
    forget(client);
    int found = sscanf(request, "GET /emit?first=%lu&count=%lu&gap_us=%ld", &first, &count, &gap_us);
    if (found == 3) emit(first, count, gap_us);
}

static void serve(int client) {
    char request[4096];
    ssize_t bytes = recv(client, request, sizeof request - 1, 0);
    if (bytes <= 0) {
        forget(client);
        return;
    }
    request[bytes] = '\0';
    if (joined[client] == 0) {
        answer_request(client, request);
    } else if (joined[client] == 1) {
        send_text(client, "40{\"sid\":\"limit\"}");
        joined[client] = 2;
        listeners[listener_count++] = client;
    }
}

static int listen_at(int port) {
    struct in_addr here = {.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = here};
    int yes = 1, door = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(door, (struct sockaddr *)&address, sizeof address) || listen(door, BACKLOG)) {
        perror("limit");
        exit(1);
    }
    return door;
}

static void let_in(int poll_fd, int door) {
    int yes = 1, client = accept(door, NULL, NULL);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = client};
    if (client < 0) return;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, client, &event);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fputs("usage: limit PORT FILE\n", stderr);
        return 2;
    }
    load_event(argv[2]);
    int poll_fd = epoll_create1(0), door = listen_at(atoi(argv[1]));
    struct epoll_event events[EVENTS] = {{.events = EPOLLIN, .data.fd = door}};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, door, events);
    for (;;) {
        int count = epoll_wait(poll_fd, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == door) {
                let_in(poll_fd, door);
            } else {
                serve(events[i].data.fd);
            }
        }
    }
}
