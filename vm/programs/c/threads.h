/* Starting a thread: clone, with a stack and a thread pointer of its own. */
#ifndef THREADS_H
#define THREADS_H

#include "start.h"

enum { CLONE = 4120, FUTEX = 4238, SCHED_YIELD = 4162, STACK = 4096, WAIT = 128, WAKE = 129 };
/* VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS, PARENT_SETTID, CHILD_CLEARTID */
enum { THREAD_FLAGS = 0x3d0f00 };

typedef void thread_main(void);

/* `id` holds the thread's number while it runs, then 0; whoever waits for it is woken. */
static int start_thread(thread_main *run, u8 *stack, u32 pointer, volatile u32 *id)
{
    thread_main **top = (thread_main **)(stack + STACK - 64);
    register int v0 __asm__("$2") = CLONE;
    register u32 a0 __asm__("$4") = THREAD_FLAGS;
    register thread_main **a1 __asm__("$5") = top;
    register volatile u32 *a2 __asm__("$6") = id;
    register u32 a3 __asm__("$7") = pointer;
    top[12] = run;
    __asm__ volatile("addiu $sp, $sp, -32\n\t"
                     "sw $6, 16($sp)\n\t"
                     "syscall\n\t"
                     "bnez $2, 1f\n\t"
                     "lw $25, 48($sp)\n\t"
                     "jalr $25\n\t"
                     "li $2, 4001\n\t"
                     "syscall\n"
                     "1:\n\t"
                     "addiu $sp, $sp, 32"
                     : "+r"(v0), "+r"(a3)
                     : "r"(a0), "r"(a1), "r"(a2)
                     : "$1", "$3", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25", "$31", "hi", "lo",
                       "memory");
    return a3 ? -v0 : v0;
}

static inline int futex(volatile u32 *address, int operation, u32 value, const void *timeout, volatile u32 *second, u32 third)
{
    return linux_call6(FUTEX, (u32)address, operation, value, (u32)timeout, (u32)second, third);
}

static inline void join(volatile u32 *id)
{
    u32 running;
    while ((running = *id))
        futex(id, 0, running, 0, 0, 0); /* the kernel wakes without the private flag */
}

static inline u32 own_pointer(void)
{
    u32 pointer;
    __asm__ volatile("rdhwr %0, $29" : "=r"(pointer));
    return pointer;
}

#endif
