#define _GNU_SOURCE
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frame.h"

enum { LARGEST_FRAME = 1 << 20, LARGEST_READ = 1 << 18 };

/* What is being read, for all clients in turn: what was left of the last read, and what came now. */
static unsigned char buffer[LARGEST_FRAME + LARGEST_READ];

static void close_client(struct client *client) {
    if (client->stage != CLOSED) close(client->socket);
    client->stage = CLOSED;
    free(client->rest);
    client->rest = NULL;
    client->rest_bytes = 0;
}

/* What a client says is short, and goes out whole or not at all. */
static void say(struct client *client, const void *data, size_t bytes) {
    if (send(client->socket, data, bytes, MSG_NOSIGNAL) != (ssize_t)bytes) close_client(client);
}

static void say_frame(struct client *client, unsigned opcode, const void *data, size_t bytes) {
    /* With a mask, as the protocol asks for, of zeros. */
    unsigned char frame[6 + SHORT_FRAME] = {0x80 | opcode, 0x80 | bytes};
    memcpy(frame + 6, data, bytes);
    say(client, frame, 6 + bytes);
}

bool client_connect(struct client *client, int port) {
    struct in_addr here = {.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = here};
    int yes = 1;
    *client = (struct client){.socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), .stage = CONNECTING};
    if (client->socket < 0) return false;
    setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return connect(client->socket, (struct sockaddr *)&address, sizeof address) == 0 || errno == EINPROGRESS;
}

void client_upgrade(struct client *client) {
    static const char request[] =
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    client->stage = UPGRADING;
    say(client, request, sizeof request - 1);
}

void client_leave(struct client *client) {
    if (client->stage == LISTENING) say_frame(client, TEXT, "41", 2);
    if (client->stage == LISTENING) say_frame(client, CLOSE, "\x03\xe8", 2);
    close_client(client);
}

static bool begins(const char *text, size_t bytes, const char *with) {
    return bytes >= strlen(with) && memcmp(text, with, strlen(with)) == 0;
}

/* Engine.IO: 0 open, 1 close, 2 ping, 4 message. Socket.IO in a message: 0 connect, 2 event, 4 refused. */
static void take_packet(struct client *client, const char *text, size_t bytes, on_event *tell) {
    if (begins(text, bytes, "42")) {
        tell(client, text, bytes);
    } else if (begins(text, bytes, "2")) {
        say_frame(client, TEXT, "3", 1);
    } else if (begins(text, bytes, "0")) {
        say_frame(client, TEXT, "40", 2);
    } else if (begins(text, bytes, "40")) {
        client->stage = LISTENING;
    } else if (begins(text, bytes, "1") || begins(text, bytes, "41") || begins(text, bytes, "44")) {
        close_client(client);
    }
}

static void take_frame(struct client *client, const struct frame *frame, on_event *tell) {
    switch (frame->opcode) {
        case TEXT: take_packet(client, (const char *)frame->data, frame->bytes, tell); break;
        case PING: say_frame(client, PONG, frame->data, frame->bytes); break;
        case PONG: break;
        default: close_client(client);
    }
}

/* Return how many bytes of the answer to the request for an upgrade are its own; 0 as long as it is not all there. */
static size_t take_answer(struct client *client, const unsigned char *data, size_t bytes) {
    const unsigned char *end = memmem(data, bytes, "\r\n\r\n", 4);
    if (end == NULL) return 0;
    if (!begins((const char *)data, bytes, "HTTP/1.1 101 ")) close_client(client);
    client->stage = client->stage == CLOSED ? CLOSED : JOINING;
    return end + 4 - data;
}

/* Take all that is whole; return how many bytes that was. */
static size_t take(struct client *client, const unsigned char *data, size_t bytes, on_event *tell) {
    size_t taken = client->stage == UPGRADING ? take_answer(client, data, bytes) : 0;
    while (client->stage == JOINING || client->stage == LISTENING) {
        struct frame frame;
        ssize_t length = read_frame(data + taken, bytes - taken, LARGEST_FRAME, &frame);
        if (length == 0) break;
        if (length < 0) {
            close_client(client);
        } else {
            take_frame(client, &frame, tell);
            taken += length;
        }
    }
    return taken;
}

static void keep(struct client *client, const unsigned char *data, size_t bytes) {
    if (client->stage == CLOSED) return;
    if (bytes > client->rest_bytes) client->rest = realloc(client->rest, bytes);
    memcpy(client->rest, data, bytes);
    client->rest_bytes = bytes;
}

void client_read(struct client *client, size_t most_bytes, on_event *tell) {
    size_t before = client->rest_bytes;
    if (most_bytes > LARGEST_READ) most_bytes = LARGEST_READ;
    ssize_t got = recv(client->socket, buffer + before, most_bytes, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        close_client(client);
        return;
    }
    if (before) memcpy(buffer, client->rest, before);
    size_t taken = take(client, buffer, before + got, tell);
    keep(client, buffer + taken, before + got - taken);
}
