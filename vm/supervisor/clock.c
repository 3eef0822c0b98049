/* The clock: one step is one nanosecond since the start, for every clock of Linux. When all threads sleep, the clock
 * jumps to the first deadline. */
#include "supervisor.h"

enum { SECOND = 1000000000 };

struct moment now;
static u32 last_count;

/* RDHWR $2 is the low word of the step number; its difference is right across one wrap. A program that makes no
 * call for 2^32 steps loses a turn of 4.3 seconds: the clock stays monotone. */
void read_clock(void)
{
    u32 count, passed;
    __asm__ volatile("rdhwr %0, $2" : "=r"(count));
    passed = count - last_count;
    last_count = count;
    for (; passed >= SECOND; passed -= SECOND)
        now.seconds++;
    now = later(now, (struct moment){0, passed});
}

struct moment later(struct moment from, struct moment by)
{
    from.seconds += by.seconds;
    from.nanoseconds += by.nanoseconds;
    if (from.nanoseconds >= SECOND) {
        from.nanoseconds -= SECOND;
        from.seconds++;
    }
    return from;
}

int before(struct moment a, struct moment b)
{
    return a.seconds != b.seconds ? a.seconds < b.seconds : a.nanoseconds < b.nanoseconds;
}

/* A timespec is two words, or with 64-bit fields four; which word of a field is the low one tells the byte order. */
#if defined(__MIPSEB__)
enum { LOW = 1 };
#else
enum { LOW = 0 };
#endif

static i32 store_moment(u32 to, int wide, struct moment m)
{
    u32 *w = words_at(to);
    if (!has_words(to, wide ? 4 : 2))
        return -EFAULT;
    if (wide) {
        w[1 - LOW] = w[3 - LOW] = 0;
        w[LOW] = m.seconds;
        w[2 + LOW] = m.nanoseconds;
    } else {
        w[0] = m.seconds;
        w[1] = m.nanoseconds;
    }
    return 0;
}

/* Whether the program's timespec is well formed. A time beyond 2^31 seconds is cut there: nobody gets that far. */
int moment_from(u32 address, int wide, struct moment *to)
{
    const u32 *w = words_at(address);
    u32 high = 0;
    if (!has_words(address, wide ? 4 : 2))
        return 0;
    if (wide) {
        high = w[1 - LOW];
        /* Go 1.27 writes nanoseconds into the first of their two words, which on big-endian is the upper one: a
         * 32-bit kernel reads 0 and the runtime waits in a loop. The other word is always 0: take both. */
        *to = (struct moment){w[LOW], w[2] | w[3]};
    } else {
        *to = (struct moment){w[0], w[1]};
    }
    if (wide ? (i32)high < 0 : (i32)to->seconds < 0)
        return 0;
    if (high || (i32)to->seconds < 0)
        to->seconds = 0x7fffffff;
    return to->nanoseconds < SECOND;
}

i32 clock_get(u32 to, int wide) { return store_moment(to, wide, now); }

i32 clock_resolution(u32 to, int wide) { return to ? store_moment(to, wide, (struct moment){0, 1}) : 0; }

i32 time_of_day(u32 to) { return to ? store_moment(to, 0, (struct moment){now.seconds, now.nanoseconds / 1000}) : 0; }
