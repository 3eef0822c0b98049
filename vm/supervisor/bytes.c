/* Bulk memory operations: the only loops of the supervisor whose length the program chooses. */
#include "supervisor.h"

struct unaligned { u32 word; } __attribute__((packed));

void copy_bytes(u32 to, u32 from, u32 length)
{
    while (length && (to & 3)) {
        *bytes_at(to++) = *bytes_at(from++);
        length--;
    }
    for (; length >= 16; length -= 16, to += 16, from += 16) {
        const struct unaligned *source = (const struct unaligned *)from;
        u32 a = source[0].word, b = source[1].word, c = source[2].word, d = source[3].word;
        u32 *target = words_at(to);
        target[0] = a;
        target[1] = b;
        target[2] = c;
        target[3] = d;
    }
    while (length--)
        *bytes_at(to++) = *bytes_at(from++);
}

/* Reads before it writes: a page that was never touched stays out of the machine's sparse memory. */
void clear_words(u32 from, u32 to)
{
    for (; from < to; from += 32) {
        u32 *w = words_at(from);
        if (w[0] | w[1] | w[2] | w[3] | w[4] | w[5] | w[6] | w[7])
            w[0] = w[1] = w[2] = w[3] = w[4] = w[5] = w[6] = w[7] = 0;
    }
}
