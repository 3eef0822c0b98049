/* The program's address space: brk, mmap and relatives.
 *
 * The machine has no pages and no protection; what is kept here is which addresses are given out (MAPPED), and which
 * may hold bytes that must read as zero when they are given out again (WRITTEN: they were accessible before).
 * Addresses in no range are free and zero. A reservation without access costs nothing: Go makes large ones. */
#include "supervisor.h"

enum { MAPPED = 1, WRITTEN = 2 };
enum { PROT_ACCESS = 7, MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x800, MAP_FIXED_NOREPLACE = 0x100000, MADV_DONTNEED = 4 };
enum { STACK_BOTTOM = 0x7f7ff000, RANGES = 1024 };

struct range { u32 start, end, flags; };

/* Sorted, disjoint; two more than needed, as a split comes before a merge. */
static struct range ranges[RANGES + 3];
static u32 count;
static u32 break_start, break_end;

static u32 page_up(u32 n) { return (n + PAGE - 1) & -PAGE; }

static void insert(u32 at, struct range r)
{
    for (u32 i = count; i > at; i--)
        ranges[i] = ranges[i - 1];
    ranges[at] = r;
    count++;
}

/* The first range that ends above the address. */
static u32 first_above(u32 address)
{
    u32 i = 0;
    while (i < count && ranges[i].end <= address)
        i++;
    return i;
}

static void split(u32 at)
{
    u32 i = first_above(at);
    if (i < count && ranges[i].start < at) {
        insert(i, ranges[i]);
        ranges[i].end = ranges[i + 1].start = at;
    }
}

/* Drops ranges without flags and joins neighbours with the same ones. */
static void normalise(void)
{
    u32 kept = 0;
    for (u32 i = 0; i < count; i++) {
        if (!ranges[i].flags)
            continue;
        if (kept && ranges[kept - 1].end == ranges[i].start && ranges[kept - 1].flags == ranges[i].flags)
            ranges[kept - 1].end = ranges[i].end;
        else
            ranges[kept++] = ranges[i];
    }
    count = kept;
    if (count > RANGES)
        refuse(MEMORY_EXHAUSTED);
}

static void change(u32 start, u32 end, u32 without, u32 with)
{
    split(start);
    split(end);
    for (u32 i = first_above(start); i < count && ranges[i].start < end; i++)
        ranges[i].flags = (ranges[i].flags & ~without) | with;
    normalise();
}

static int any(u32 start, u32 end, u32 flags)
{
    for (u32 i = first_above(start); i < count && ranges[i].start < end; i++)
        if (ranges[i].flags & flags)
            return 1;
    return 0;
}

static void clear_written(u32 start, u32 end)
{
    for (u32 i = first_above(start); i < count && ranges[i].start < end; i++)
        if (ranges[i].flags & WRITTEN)
            clear_words(ranges[i].start > start ? ranges[i].start : start, ranges[i].end < end ? ranges[i].end : end);
}

static void give(u32 start, u32 end, int accessible)
{
    clear_written(start, end);
    change(start, end, MAPPED | WRITTEN, 0);
    insert(first_above(start), (struct range){start, end, accessible ? MAPPED | WRITTEN : MAPPED});
    normalise();
}

/* The highest gap below the stack with none of the flags, or 0. */
static u32 find(u32 length, u32 avoid)
{
    u32 top = STACK_BOTTOM;
    for (u32 i = count; i-- > 0;) {
        if (!(ranges[i].flags & avoid))
            continue;
        if (ranges[i].end <= top && top - ranges[i].end >= length)
            return top - length;
        if (ranges[i].start < top)
            top = ranges[i].start;
    }
    return 0;
}

static void prepare(void)
{
    if (count)
        return;
    break_start = break_end = page_up(program_end);
    insert(0, (struct range){0, break_start, MAPPED | WRITTEN});
    insert(1, (struct range){STACK_BOTTOM, USER_END, MAPPED | WRITTEN});
}

i32 memory_brk(u32 address)
{
    u32 old, new;
    prepare();
    if (address < break_start || address > STACK_BOTTOM)
        return break_end;
    old = page_up(break_end);
    new = page_up(address);
    if (new > old) {
        if (any(old, new, MAPPED))
            return break_end;
        give(old, new, 1);
    } else if (new < old) {
        change(new, old, MAPPED, 0);
    }
    return break_end = address;
}

i32 memory_map(u32 address, u32 length, u32 protection, u32 flags)
{
    prepare();
    if (!(flags & MAP_ANONYMOUS))
        return -ENODEV;
    if (!length)
        return -EINVAL;
    if (length > USER_END)
        return -ENOMEM;
    length = page_up(length);
    if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
        if (address & (PAGE - 1))
            return -EINVAL;
        if (!has_bytes(address, length))
            return -ENOMEM;
        if ((flags & MAP_FIXED_NOREPLACE) && any(address, address + length, MAPPED))
            return -EEXIST;
    } else {
        address &= -PAGE;
        if (!address || !has_bytes(address, length) || any(address, address + length, MAPPED))
            address = find(length, MAPPED | WRITTEN);
        if (!address)
            address = find(length, MAPPED);
        if (!address)
            return -ENOMEM;
    }
    give(address, address + length, protection & PROT_ACCESS);
    return address;
}

static i32 check(u32 address, u32 length)
{
    if (address & (PAGE - 1))
        return -EINVAL;
    return has_bytes(address, length) ? 0 : -ENOMEM;
}

i32 memory_unmap(u32 address, u32 length)
{
    i32 error = check(address, length);
    prepare();
    if (error || !length)
        return -EINVAL;
    change(address, address + page_up(length), MAPPED, 0);
    return 0;
}

i32 memory_protect(u32 address, u32 length, u32 protection)
{
    i32 error = check(address, length);
    prepare();
    if (error || !length)
        return error;
    if (protection & PROT_ACCESS)
        change(address, address + page_up(length), 0, WRITTEN);
    return 0;
}

/* Only MADV_DONTNEED has an effect that a program can see: the memory reads as zero. */
i32 memory_advise(u32 address, u32 length, u32 advice)
{
    i32 error = check(address, length);
    prepare();
    if (!error && advice == MADV_DONTNEED)
        clear_written(address, address + page_up(length));
    return error;
}
