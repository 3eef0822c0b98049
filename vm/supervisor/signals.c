/* Signals are registered but not delivered: there are no interrupts, and faults stop the machine. One that a thread
 * sends with no handler in its way ends the program, as on Linux. */
#include "supervisor.h"

enum { SIGNALS = 128, ACTION_WORDS = 6, SET_WORDS = 4, SET_BYTES = 16 };
enum { SIGCHLD = 18, SIGWINCH = 20, SIGURG = 21, SIGCONT = 25, SIG_DFL = 0, SIG_IGN = 1 };
enum { SIG_BLOCK = 1, SIG_UNBLOCK, SIG_SETMASK };

/* struct sigaction on MIPS. */
struct action { u32 flags, handler, mask[SET_WORDS]; };

static struct action actions[SIGNALS + 1];

i32 signal_action(u32 signal, u32 action, u32 old)
{
    struct action before_call;
    if (signal == 0 || signal > SIGNALS)
        return -EINVAL;
    if (!has_words(action, ACTION_WORDS) || !has_words(old, ACTION_WORDS))
        return -EFAULT;
    before_call = actions[signal];
    if (action)
        actions[signal] = *(const struct action *)action;
    if (old)
        *(struct action *)old = before_call;
    return 0;
}

i32 signal_mask(u32 how, u32 set, u32 old, u32 size)
{
    if (size != SET_BYTES)
        return -EINVAL;
    if (!has_words(set, SET_WORDS) || !has_words(old, SET_WORDS))
        return -EFAULT;
    for (u32 i = 0; i < SET_WORDS; i++) {
        u32 mask = current->signal_mask[i], change = set ? words_at(set)[i] : 0;
        if (set && how == SIG_BLOCK)
            current->signal_mask[i] = mask | change;
        else if (set && how == SIG_UNBLOCK)
            current->signal_mask[i] = mask & ~change;
        else if (set && how == SIG_SETMASK)
            current->signal_mask[i] = change;
        else if (set)
            return -EINVAL;
        if (old)
            words_at(old)[i] = mask;
    }
    return 0;
}

/* stack_t on MIPS: address, size, flags. */
i32 signal_stack(u32 stack, u32 old)
{
    if (!has_words(stack, 3) || !has_words(old, 3))
        return -EFAULT;
    for (u32 i = 0; i < 3; i++) {
        u32 known = current->signal_stack[i];
        if (stack)
            current->signal_stack[i] = words_at(stack)[i];
        if (old)
            words_at(old)[i] = known;
    }
    return 0;
}

/* Go interrupts its own threads with SIGURG to preempt them early; it is built to work without an answer. */
i32 signal_send(u32 signal)
{
    u32 handler;
    if (signal > SIGNALS)
        return -EINVAL;
    handler = actions[signal].handler;
    if (signal == 0 || signal == SIGURG || handler == SIG_IGN)
        return 0;
    if (handler != SIG_DFL)
        refuse(UNKNOWN_CALL);
    if (signal == SIGCHLD || signal == SIGWINCH || signal == SIGCONT)
        return 0;
    exit_group(128 + signal);
}
