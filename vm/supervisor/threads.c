/* Cooperative threads, round robin. A thread runs until it blocks, yields, or makes a call after its time slice. */
#include "supervisor.h"

enum { THREADS = 64, SS_DISABLE = 2 };
static const struct moment SLICE = {0, 10000000};

enum {
    CLONE_VM = 0x100, CLONE_THREAD = 0x10000, CLONE_SETTLS = 0x80000, CLONE_PARENT_SETTID = 0x100000,
    CLONE_CHILD_CLEARTID = 0x200000, CLONE_CHILD_SETTID = 0x1000000,
};

static struct thread threads[THREADS];
struct thread *current = threads;
static u32 last_id, used; /* no thread is at or above `used` */
static struct moment slice_end;

static void start_thread(struct thread *t)
{
    t->state = RUNNABLE;
    t->id = ++last_id;
    t->signal_stack[0] = t->signal_stack[1] = 0;
    t->signal_stack[2] = SS_DISABLE;
    if (t - threads >= (i32)used)
        used = t - threads + 1;
}

void start_threads(void)
{
    if (!used)
        start_thread(current);
}

void start_slice(void) { slice_end = later(now, SLICE); }

int slice_is_over(void) { return used > 1 && before(slice_end, now); }

static void give_result(struct thread *t, u32 result, int failed)
{
    t->registers[V0] = result;
    t->registers[A3] = failed;
}

/* What the end of its time means for a thread that waits. One that waits for files makes its call again. */
static void expire(struct thread *t)
{
    if (t->state == WAITING_FUTEX)
        give_result(t, ETIMEDOUT, 1);
    t->state = RUNNABLE;
}

static int is_due(const struct thread *t) { return t->state > RUNNABLE && t->timed && !before(now, t->deadline); }

/* The next thread that can run after the current one (which comes last); time passes at once if all of them wait. */
struct thread *next_thread(void)
{
    for (;;) {
        const struct thread *first = 0;
        struct thread *t = current;
        for (u32 i = 0; i < used; i++) {
            if (++t == threads + used)
                t = threads;
            if (is_due(t))
                expire(t);
            if (t->state == RUNNABLE) {
                if (thread_pointer != t->thread_pointer)
                    thread_pointer = t->thread_pointer;
                return t;
            }
            if (t->state != FREE && t->timed && (!first || before(t->deadline, first->deadline)))
                first = t;
        }
        if (!first)
            refuse(DEADLOCK);
        now = first->deadline;
    }
}

i32 thread_clone(u32 flags, u32 stack, u32 parent_id, u32 pointer, u32 child_id)
{
    struct thread *t = threads;
    if (!(flags & CLONE_VM) || !(flags & CLONE_THREAD) || !stack)
        refuse(UNKNOWN_CALL); /* a second process is beyond this machine */
    while (t->state != FREE)
        if (++t == threads + THREADS)
            refuse(MEMORY_EXHAUSTED);
    *t = *current;
    start_thread(t);
    t->registers[SP] = stack;
    t->clear_id = flags & CLONE_CHILD_CLEARTID ? child_id : 0;
    if (flags & CLONE_SETTLS)
        t->thread_pointer = pointer;
    give_result(t, 0, 0);
    if ((flags & CLONE_PARENT_SETTID) && has_words(parent_id, 1))
        *words_at(parent_id) = t->id;
    if ((flags & CLONE_CHILD_SETTID) && has_words(child_id, 1))
        *words_at(child_id) = t->id;
    return t->id;
}

static i32 wake(u32 address, u32 limit, u32 bits)
{
    u32 woken = 0;
    for (struct thread *t = threads; t < threads + used && woken < limit; t++)
        if (t->state == WAITING_FUTEX && t->futex == address && (t->futex_bits & bits)) {
            give_result(t, 0, 0);
            t->state = RUNNABLE;
            woken++;
        }
    return woken;
}

void thread_exit(u32 code)
{
    int others = 0;
    current->state = FREE;
    if (has_words(current->clear_id, 1) && current->clear_id) {
        *words_at(current->clear_id) = 0;
        wake(current->clear_id, 1, -1);
    }
    for (const struct thread *t = threads; t < threads + used; t++)
        others |= t->state != FREE;
    if (!others)
        exit_group(code);
}

void exit_group(u32 code)
{
    store_exit_code(code & 0xff);
    halt();
}

static void wait(enum thread_state state, int timed, struct moment deadline)
{
    current->state = state;
    current->timed = timed;
    current->deadline = deadline;
}

void thread_sleep(struct moment until) { wait(SLEEPING, 1, until); }

int thread_exists(u32 id)
{
    for (const struct thread *t = threads; t < threads + used; t++)
        if (t->state != FREE && t->id == id)
            return 1;
    return 0;
}

static i32 requeue(u32 from, u32 wakes, u32 moves, u32 to)
{
    i32 woken = wake(from, wakes, -1);
    u32 moved = 0;
    for (struct thread *t = threads; t < threads + used && moved < moves; t++)
        if (t->state == WAITING_FUTEX && t->futex == from) {
            t->futex = to;
            moved++;
        }
    return woken + moved;
}

enum { FUTEX_WAIT, FUTEX_WAKE, FUTEX_REQUEUE = 3, FUTEX_CMP_REQUEUE, FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET };
enum { FUTEX_OPERATION = 0x7f }; /* above: private, which clock */

i32 futex(u32 address, u32 operation, u32 value, u32 timeout, int wide, u32 second, u32 third)
{
    struct moment deadline = {0, 0};
    if (!has_words(address, 1))
        return -EFAULT;
    operation &= FUTEX_OPERATION;
    switch (operation) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
        if (timeout && !moment_from(timeout, wide, &deadline))
            return -EINVAL;
        if (*words_at(address) != value)
            return -EAGAIN;
        if (operation == FUTEX_WAIT) {
            third = -1;
            deadline = later(now, deadline); /* here the time is relative */
        }
        wait(WAITING_FUTEX, timeout != 0, deadline);
        current->futex = address;
        current->futex_bits = third;
        return 0;
    case FUTEX_WAKE:
        return wake(address, value, -1);
    case FUTEX_WAKE_BITSET:
        return wake(address, value, third);
    case FUTEX_CMP_REQUEUE:
        if (*words_at(address) != third)
            return -EAGAIN;
        return requeue(address, value, timeout, second);
    case FUTEX_REQUEUE:
        return requeue(address, value, timeout, second);
    default:
        refuse(UNKNOWN_CALL);
    }
}

/* The current thread makes its call again when a file has changed or the time is over. */
void wait_for_files(int timed, struct moment deadline) { wait(WAITING_FILES, timed, deadline); }

void files_changed(void)
{
    epoll_rearm();
    for (struct thread *t = threads; t < threads + used; t++)
        if (t->state == WAITING_FILES)
            t->state = RUNNABLE;
}
