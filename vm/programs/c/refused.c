/* Each first byte of the input is another way for a run to be refused, or to end early. */
#include "threads.h"

enum { MMAP2 = 4210, RT_SIGACTION = 4194, KILL = 4037, GETPID = 4020, SIGABRT = 6, SIGURG = 21, UNKNOWN = 4999 };
enum { READ_WRITE = 3, FIXED = 0x812, NOREPLACE = 0x100802, PAGE = 4096, BASE = 0x20000000 };

static u8 stack[STACK];
static volatile u32 id, word;

static void wait_forever(void) { futex(&word, WAIT, 0, 0, 0, 0); }

int main(void)
{
    u8 how = 0;
    u32 action[6] = {0, 0x400000};
    linux_call(READ, 0, &how, 1);
    switch (how) {
    case 'u':
        return linux_call(UNKNOWN, 0, 0, 0);
    case 'f': /* fork */
        return linux_call(CLONE, SIGABRT, 0, 0);
    case 'd':
        wait_forever();
        return 0;
    case 'D':
        start_thread(wait_forever, stack, 0, &id);
        join(&id);
        return 0;
    case 't':
        for (;;)
            if (start_thread(wait_forever, stack, 0, &id) < 0)
                return 1;
    case 'r':
        for (u32 i = 0;; i++)
            if (linux_call6(MMAP2, BASE + 2 * PAGE * i, PAGE, READ_WRITE, FIXED, -1, 0) < 0)
                return 1;
    case 'e':
        while (linux_call(READ, 0, &how, 1) >= 0)
            continue;
        return 1;
    case 'a':
        return linux_call(KILL, linux_call(GETPID, 0, 0, 0), (void *)SIGABRT, 0);
    case 's':
        linux_call6(RT_SIGACTION, SIGABRT, (u32)action, 0, 16, 0, 0);
        return linux_call(KILL, linux_call(GETPID, 0, 0, 0), (void *)SIGABRT, 0);
    case 'g':
        return linux_call(KILL, linux_call(GETPID, 0, 0, 0), (void *)SIGURG, 0);
    case 'l':
        linux_call(WRITE, 2, "lost?\n", 6);
        return 3;
    case 'p': /* a pointer into the supervisor */
        return linux_call(WRITE, 1, (void *)0x80000000, 4) == -14 ? 4 : 5;
    case 'm': /* what is mapped is not replaced: qemu does not know the flag */
        linux_call6(MMAP2, BASE, PAGE, READ_WRITE, NOREPLACE, -1, 0);
        return -linux_call6(MMAP2, BASE, PAGE, READ_WRITE, NOREPLACE, -1, 0);
    default:
        return 99;
    }
}
