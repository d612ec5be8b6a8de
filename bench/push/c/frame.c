#include "frame.h"

static uint64_t big_endian(const unsigned char *data, size_t bytes) {
    uint64_t number = 0;
    while (bytes--) number = number << 8 | *data++;
    return number;
}

ssize_t read_frame(const unsigned char *data, size_t bytes, size_t largest, struct frame *frame) {
    if (bytes < 2) return 0;
    unsigned masked = data[1] & 0x80, length = data[1] & 0x7F;
    size_t head = length == 127 ? 10 : length == 126 ? 4 : 2;
    if ((data[0] & 0xF0) != 0x80 || masked || ((data[0] & 0x08) && length > SHORT_FRAME)) return -1;
    if (bytes < head) return 0;
    uint64_t content = head == 2 ? length : big_endian(data + 2, head - 2);
    if (content > largest - head) return -1;
    if (bytes < head + content) return 0;
    *frame = (struct frame){.opcode = data[0] & 0x0F, .data = data + head, .bytes = content};
    return (ssize_t)(head + content);
}

size_t write_head(unsigned char *head, size_t bytes) {
    size_t width = bytes > 0xFFFF ? 8 : bytes > SHORT_FRAME ? 2 : 0;
    head[0] = 0x80 | TEXT;
    head[1] = width == 8 ? 127 : width == 2 ? 126 : bytes;
    for (size_t i = 0; i < width; i++) head[2 + i] = bytes >> 8 * (width - 1 - i);
    return 2 + width;
}
