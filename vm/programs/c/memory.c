/* brk, mmap and relatives as Linux has them: above all, memory that is given out again reads as zero. */
#include "check.h"

enum { BRK = 4045, MMAP2 = 4210, MUNMAP = 4091, MPROTECT = 4125, MADVISE = 4218, PAGE = 4096 };
enum { NONE = 0, READ_WRITE = 3, PRIVATE = 0x802, FIXED = 0x812, DONTNEED = 4 };
enum { ENOMEM = -12, EINVAL = -22 };

static int map(u32 address, u32 length, int protection, int flags)
{
    return linux_call6(MMAP2, address, length, protection, flags, -1, 0);
}

static int failed(int result) { return result < 0 && result > -4096; }

static int all(const u8 *bytes, u32 length, u8 value)
{
    u32 same = 0;
    for (u32 i = 0; i < length; i++)
        same += bytes[i] == value;
    return same == length;
}

static void fill(u8 *bytes, u32 length, u8 value)
{
    for (volatile u8 *b = bytes; length--;)
        *b++ = value;
}

int main(void)
{
    u8 *m = (u8 *)map(0, 4 * PAGE - 10, READ_WRITE, PRIVATE);
    u8 *hole = m + PAGE;
    check("fresh memory is zero", !failed((int)m) && all(m, 4 * PAGE, 0));
    fill(m, 4 * PAGE, 7);
    check("a hole is cut", linux_call6(MUNMAP, (u32)hole, PAGE, 0, 0, 0, 0) == 0);
    check("the hole is free", map((u32)hole, PAGE, READ_WRITE, PRIVATE) == (int)hole);
    check("the hole is zero", all(hole, PAGE, 0));
    check("around the hole nothing changed", all(m, PAGE, 7) && all(m + 2 * PAGE, 2 * PAGE, 7));
    check("a hint is not taken twice", map((u32)hole, PAGE, READ_WRITE, PRIVATE) != (int)hole);
    check("what is mapped is replaced when asked", map((u32)m, PAGE, READ_WRITE, FIXED) == (int)m && all(m, PAGE, 0));
    fill(m, PAGE, 9);
    check("protection comes and goes", linux_call6(MPROTECT, (u32)m, PAGE, NONE, 0, 0, 0) == 0 &&
          linux_call6(MPROTECT, (u32)m, PAGE, READ_WRITE, 0, 0, 0) == 0 && all(m, PAGE, 9));
    check("unneeded memory is zero", linux_call6(MADVISE, (u32)m, 2 * PAGE, DONTNEED, 0, 0, 0) == 0 && all(m, 2 * PAGE, 0));
    check("beyond it nothing changed", all(m + 2 * PAGE, 2 * PAGE, 7));

    u32 reserved = map(0, 64 << 20, NONE, PRIVATE);
    check("a reservation", !failed(reserved));
    check("a part of it is used", map(reserved + PAGE, PAGE, READ_WRITE, FIXED) == (int)(reserved + PAGE));
    fill((u8 *)reserved + PAGE, PAGE, 1);
    check("and given back", linux_call6(MUNMAP, reserved, 64 << 20, 0, 0, 0, 0) == 0);
    check("a hint is taken", map(reserved, 64 << 20, READ_WRITE, PRIVATE) == (int)reserved);
    check("and is zero", all((u8 *)reserved, 4 * PAGE, 0));

    check("no room", map(0, 0x7f000000, READ_WRITE, PRIVATE) == ENOMEM);
    check("no length", map(0, 0, READ_WRITE, PRIVATE) == EINVAL);
    check("no page", map((u32)m + 1, PAGE, READ_WRITE, FIXED) == EINVAL);
    check("unmap no page", linux_call6(MUNMAP, (u32)m + 1, PAGE, 0, 0, 0, 0) == EINVAL);
    check("advise no page", linux_call6(MADVISE, (u32)m + 1, PAGE, DONTNEED, 0, 0, 0) == EINVAL);

    u32 bottom = linux_call6(BRK, 0, 0, 0, 0, 0, 0), top = bottom + 5 * PAGE + 3;
    check("break", (u32)linux_call6(BRK, top, 0, 0, 0, 0, 0) == top);
    check("break is zero", all((u8 *)bottom, top - bottom, 0));
    fill((u8 *)bottom, top - bottom, 5);
    check("break shrinks", (u32)linux_call6(BRK, bottom + 10, 0, 0, 0, 0, 0) == bottom + 10);
    check("break grows again", (u32)linux_call6(BRK, top, 0, 0, 0, 0, 0) == top);
    check("break keeps and clears", all((u8 *)bottom, 10, 5) && all((u8 *)bottom + PAGE, 4 * PAGE, 0));
    check("break has an end", (u32)linux_call6(BRK, 0xf0000000, 0, 0, 0, 0, 0) == top);
    return failures;
}
