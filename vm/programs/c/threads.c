/* Threads, futexes, sleep and clocks. */
#include "check.h"
#include "threads.h"

enum { GETTID = 4222, GETPID = 4020, TGKILL = 4266, NANOSLEEP = 4166, CLOCK_GETTIME = 4263, CLOCK_GETTIME64 = 4403 };
enum { CLOCK_NANOSLEEP = 4265, GETTIMEOFDAY = 4078, FUTEX_TIME64 = 4422, SET_THREAD_AREA = 4283, AFFINITY = 4240 };
enum { CMP_REQUEUE = 132, WAIT_BITSET = 137, WAKE_BITSET = 138, ABSOLUTE = 1, MONOTONIC = 1, SECOND = 1000000000 };
enum { EAGAIN = -11, EINVAL = -22, ESRCH = -3, ETIMEDOUT = -145 };

static u8 stacks[3][STACK];
static volatile u32 ids[3], ready, gate, other_gate, pointers, passed;
static u32 processors[32];

struct time { u32 seconds, nanoseconds; };

static int earlier(struct time a, struct time b)
{
    return a.seconds < b.seconds || (a.seconds == b.seconds && a.nanoseconds < b.nanoseconds);
}

static struct time monotonic(void)
{
    struct time t;
    linux_call(CLOCK_GETTIME, MONOTONIC, &t, 0);
    return t;
}

static void waiter(void)
{
    __atomic_add_fetch(&pointers, own_pointer(), __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
    futex(&ready, WAKE, 1, 0, 0, 0);
    while (!gate)
        futex(&gate, WAIT, 0, 0, 0, 0);
    __atomic_add_fetch(&passed, 1, __ATOMIC_SEQ_CST);
}

static void bit_waiter(void)
{
    __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
    while (!other_gate)
        futex(&other_gate, WAIT_BITSET, 0, 0, 0, 2);
}

int main(void)
{
    struct time t = {0, 5000000}, before, after, never = {0, SECOND};
    u32 wide[4] = {0, 0, 0, 0}, now;
    static const u32 one = 1;
    int low = *(const u8 *)&one ? 0 : 1;

    check("thread pointer", linux_call(SET_THREAD_AREA, 0x1234, 0, 0) == 0 && own_pointer() == 0x1234);
    for (u32 i = 0; i < 3; i++)
        start_thread(waiter, stacks[i], 1 << i, &ids[i]);
    while ((now = ready) != 3)
        futex(&ready, WAIT, now, 0, 0, 0);
    check("each has its thread pointer", pointers == 7 && own_pointer() == 0x1234);
    check("and its number", ids[0] != ids[1] && ids[1] != ids[2] && linux_call(GETTID, 0, 0, 0) == linux_call(GETPID, 0, 0, 0));
    check("they can be addressed", linux_call(TGKILL, linux_call(GETPID, 0, 0, 0), (void *)ids[1], 0) == 0);
    gate = 1;
    futex(&gate, WAKE, 3, 0, 0, 0);
    for (u32 i = 0; i < 3; i++)
        join(&ids[i]);
    check("all have ended", passed == 3);

    ready = 0;
    start_thread(bit_waiter, stacks[0], 0, &ids[0]);
    while (!ready)
        linux_call(SCHED_YIELD, 0, 0, 0);
    linux_call(NANOSLEEP, (u32)&t, 0, 0); /* it waits by now */
    check("another bit wakes nobody", futex(&other_gate, WAKE_BITSET, 9, 0, 0, 1) == 0);
    other_gate = 1;
    check("its bit wakes it", futex(&other_gate, WAKE_BITSET, 9, 0, 0, 3) == 1);
    join(&ids[0]);

    ready = 0;
    gate = other_gate = 0;
    start_thread(waiter, stacks[0], 0, &ids[0]);
    while (!ready)
        linux_call(SCHED_YIELD, 0, 0, 0);
    linux_call(NANOSLEEP, (u32)&t, 0, 0);
    check("a waiter is moved", futex(&gate, CMP_REQUEUE, 0, (void *)1, &other_gate, 0) == 1);
    check("it no longer waits here", futex(&gate, WAKE, 9, 0, 0, 0) == 0);
    gate = 1;
    check("but there", futex(&other_gate, WAKE, 9, 0, 0, 0) == 1);
    join(&ids[0]);

    check("a changed word does not wait", futex(&gate, WAIT, 5, 0, 0, 0) == EAGAIN);
    before = monotonic();
    check("a wait ends", futex(&gate, WAIT, 1, &t, 0, 0) == ETIMEDOUT);
    after = monotonic();
    before.nanoseconds += t.nanoseconds;
    if (before.nanoseconds >= SECOND) {
        before.nanoseconds -= SECOND;
        before.seconds++;
    }
    check("not before its time", !earlier(after, before));
    wide[2 + low] = 1000000;
    check("with wide times too", linux_call6(FUTEX_TIME64, (u32)&gate, WAIT, 1, (u32)wide, 0, 0) == ETIMEDOUT);
    check("no such time", linux_call(NANOSLEEP, (u32)&never, 0, 0) == EINVAL);
    check("a time that is over", linux_call6(CLOCK_NANOSLEEP, MONOTONIC, ABSOLUTE, (u32)&after, 0, 0, 0) == 0);
    check("wide clock", linux_call(CLOCK_GETTIME64, MONOTONIC, wide, 0) == 0 && wide[2 + low] < SECOND && !wide[1 - low]);
    check("time of day", linux_call(GETTIMEOFDAY, (u32)&t, 0, 0) == 0 && t.nanoseconds < 1000000);
    check("no such clock", linux_call(CLOCK_GETTIME, 99, &t, 0) == EINVAL);
    check("no such thread", linux_call(TGKILL, linux_call(GETPID, 0, 0, 0), (void *)99999999, 0) == ESRCH);
    check("a processor", linux_call(AFFINITY, 0, (void *)sizeof processors, (u32)processors) >= 4 && processors[0]);
    return failures;
}
