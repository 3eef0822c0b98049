/* epoll: Go's network poller also carries its timers, so programs without a network use it.
 * All epoll files share one list of watched files: programs make one. */
#include "supervisor.h"

enum { EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL, EPOLL_CTL_MOD, EPOLLIN = 1, EPOLLOUT = 4, EPOLLET = 1u << 31, EVENT_WORDS = 4 };

struct watch { int used, reported; u32 events, data[2]; };

static struct watch watches[FILES]; /* by file */

i32 epoll_create(void) { return file_new(EPOLL, 2); }

static int is_epoll(u32 epoll)
{
    const struct file *f = file_at(epoll);
    return f && f->kind == EPOLL;
}

/* struct epoll_event on MIPS: events, padding, 64 bits of the program's data. */
i32 epoll_control(u32 epoll, u32 operation, u32 file, u32 event)
{
    const u32 *e = words_at(event);
    if (!is_epoll(epoll) || !file_at(file))
        return -EBADF;
    if (file_at(file)->kind == EPOLL)
        return -EINVAL;
    if ((operation == EPOLL_CTL_ADD) == watches[file].used)
        return operation == EPOLL_CTL_ADD ? -EEXIST : -ENOENT;
    if (operation == EPOLL_CTL_DEL) {
        watches[file].used = 0;
        return 0;
    }
    if (!has_words(event, EVENT_WORDS))
        return -EFAULT;
    watches[file] = (struct watch){1, 0, e[0], {e[2], e[3]}};
    return 0;
}

static u32 ready(u32 file)
{
    const struct watch *w = &watches[file];
    u32 events = 0;
    if (!w->used || ((w->events & EPOLLET) && w->reported))
        return 0;
    if (file_readable(&files[file]))
        events |= EPOLLIN;
    if (file_writable(&files[file]))
        events |= EPOLLOUT;
    return events & w->events;
}

i32 epoll_wait(u32 epoll, u32 events, u32 room, int timed, struct moment deadline)
{
    u32 found = 0, *e = words_at(events);
    if (!is_epoll(epoll))
        return -EBADF;
    if (!room || room >= USER_END / (4 * EVENT_WORDS) || !has_words(events, EVENT_WORDS * room))
        return -EINVAL;
    for (u32 file = 0; file < FILES && found < room; file++) {
        u32 happened = ready(file);
        if (!happened)
            continue;
        watches[file].reported = 1;
        e[0] = happened;
        e[1] = 0;
        e[2] = watches[file].data[0];
        e[3] = watches[file].data[1];
        e += EVENT_WORDS;
        found++;
    }
    if (!found && (!timed || before(now, deadline)))
        wait_for_files(timed, deadline);
    return found;
}

void epoll_forget(u32 file) { watches[file].used = 0; }

/* After a change on some file every edge counts again: one report too many is allowed, one too few is not. */
void epoll_rearm(void)
{
    for (u32 file = 0; file < FILES; file++)
        watches[file].reported = 0;
}
