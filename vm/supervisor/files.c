/* Files: the input and output regions, standard error, pipes and event counters. There is no file system. */
#include "supervisor.h"

enum { INPUT_REGION = 0xa0000000u, OUTPUT_REGION = 0xb0000000u, LOG_REGION = 0x88000000u };
enum { REGION = 1 << 28, LOG_ROOM = 1 << 24 };
enum { READS_AFTER_END = 1000, PIPES = 4, PIPE_ROOM = 4096, VECTORS = 1024 };
enum { O_NONBLOCK = 0x80, EFD_SEMAPHORE = 1, O_RDWR = 2 };
enum { F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL };

struct pipe { u8 bytes[PIPE_ROOM]; u32 first, count, readers, writers; };

struct file files[FILES] = {{.kind = INPUT}, {.kind = OUTPUT, .flags = O_RDWR}, {.kind = LOG, .flags = O_RDWR}};
static struct pipe pipes[PIPES];
static u32 input_position, reads_after_end;

struct file *file_at(u32 file) { return file < FILES && files[file].kind != NO_FILE ? &files[file] : 0; }

i32 file_new(enum file_kind kind, u32 flags)
{
    for (u32 i = 0; i < FILES; i++)
        if (files[i].kind == NO_FILE) {
            files[i] = (struct file){.kind = kind, .flags = flags};
            return i;
        }
    return -EMFILE;
}

void store_exit_code(u32 code) { words_at(OUTPUT_REGION)[1] = code; }

int file_readable(const struct file *f)
{
    switch (f->kind) {
    case INPUT:
        return 1;
    case EVENT:
        return f->count != 0;
    case PIPE_READER:
        return pipes[f->pipe].count || !pipes[f->pipe].writers;
    default:
        return 0;
    }
}

int file_writable(const struct file *f)
{
    switch (f->kind) {
    case OUTPUT:
    case LOG:
    case EVENT:
        return 1;
    case PIPE_WRITER:
        return pipes[f->pipe].count < PIPE_ROOM || !pipes[f->pipe].readers;
    default:
        return 0;
    }
}

static i32 input_read(u32 to, u32 length)
{
    u32 size = *words_at(INPUT_REGION);
    if (size > REGION - 4)
        refuse(INPUT_EXHAUSTED); /* a length that the region cannot hold */
    if (length > size - input_position)
        length = size - input_position;
    /* A program that goes on asking does not look at the answer and would never end. */
    if (!length && ++reads_after_end > READS_AFTER_END)
        refuse(INPUT_EXHAUSTED);
    copy_bytes(to, INPUT_REGION + 4 + input_position, length);
    input_position += length;
    return length;
}

static i32 region_append(u32 region, u32 room, u32 from, u32 length)
{
    u32 *size = words_at(region);
    if (length > room - 8 - *size)
        return -ENOSPC;
    copy_bytes(region + 8 + *size, from, length);
    *size += length;
    return length;
}

/* A file that cannot answer yet: the caller waits unless it asked not to. */
static i32 not_yet(const struct file *f)
{
    if (f->flags & O_NONBLOCK)
        return -EAGAIN;
    wait_for_files(0, now);
    return 0;
}

static i32 pipe_read(const struct file *f, u32 to, u32 length)
{
    struct pipe *p = &pipes[f->pipe];
    u32 n = 0;
    if (!p->count)
        return p->writers && length ? not_yet(f) : 0;
    for (; n < length && p->count; n++, p->count--) {
        *bytes_at(to + n) = p->bytes[p->first];
        p->first = (p->first + 1) % PIPE_ROOM;
    }
    files_changed();
    return n;
}

static i32 pipe_write(const struct file *f, u32 from, u32 length)
{
    struct pipe *p = &pipes[f->pipe];
    u32 n = 0;
    if (!p->readers)
        return -EPIPE;
    if (p->count == PIPE_ROOM && length)
        return not_yet(f);
    for (; n < length && p->count < PIPE_ROOM; n++, p->count++)
        p->bytes[(p->first + p->count) % PIPE_ROOM] = *bytes_at(from + n);
    files_changed();
    return n;
}

/* An event counter is a 64-bit integer in the program's byte order; counts stay below 2^32 here. */
#if defined(__MIPSEB__)
enum { LOW = 4 };
#else
enum { LOW = 0 };
#endif

static i32 event_read(struct file *f, u32 to, u32 length)
{
    if (length < 8)
        return -EINVAL;
    if (!f->count)
        return not_yet(f);
    for (u32 i = 0; i < 4; i++) {
        *bytes_at(to + 4 - LOW + i) = 0;
        *bytes_at(to + LOW + i) = f->count >> 8 * (LOW ? 3 - i : i);
    }
    f->count = 0;
    files_changed();
    return 8;
}

static i32 event_write(struct file *f, u32 from, u32 length)
{
    u32 add = 0;
    if (length < 8)
        return -EINVAL;
    for (u32 i = 0; i < 4; i++)
        add |= *bytes_at(from + LOW + i) << 8 * (LOW ? 3 - i : i);
    if (f->count + add < add)
        return not_yet(f);
    f->count += add;
    files_changed();
    return 8;
}

i32 file_read(u32 file, u32 to, u32 length)
{
    struct file *f = file_at(file);
    if (!f)
        return -EBADF;
    if (!has_bytes(to, length))
        return -EFAULT;
    switch (f->kind) {
    case INPUT:
        return input_read(to, length);
    case PIPE_READER:
        return pipe_read(f, to, length);
    case EVENT:
        return event_read(f, to, length);
    default:
        return -EBADF;
    }
}

i32 file_write(u32 file, u32 from, u32 length)
{
    struct file *f = file_at(file);
    if (!f)
        return -EBADF;
    if (!has_bytes(from, length))
        return -EFAULT;
    switch (f->kind) {
    case OUTPUT:
        return region_append(OUTPUT_REGION, REGION, from, length);
    case LOG:
        return region_append(LOG_REGION, LOG_ROOM, from, length);
    case PIPE_WRITER:
        return pipe_write(f, from, length);
    case EVENT:
        return event_write(f, from, length);
    default:
        return -EBADF;
    }
}

i32 file_write_vector(u32 file, u32 vector, u32 count)
{
    u32 written = 0;
    if (count > VECTORS)
        return -EINVAL;
    if (!has_words(vector, 2 * count))
        return -EFAULT;
    for (const u32 *v = words_at(vector); count; count--, v += 2) {
        i32 n = file_write(file, v[0], v[1]);
        if (n < 0)
            return written ? (i32)written : n;
        written += n;
        if ((u32)n < v[1])
            break;
    }
    return written;
}

i32 file_control(u32 file, u32 command, u32 argument)
{
    struct file *f = file_at(file);
    if (!f)
        return -EBADF;
    switch (command) {
    case F_GETFD:
    case F_SETFD:
        return 0;
    case F_GETFL:
        return f->flags;
    case F_SETFL:
        f->flags = (f->flags & ~O_NONBLOCK) | (argument & O_NONBLOCK);
        return 0;
    default:
        return -EINVAL;
    }
}

i32 file_close(u32 file)
{
    struct file *f = file_at(file);
    if (!f)
        return -EBADF;
    if (f->kind == PIPE_READER)
        pipes[f->pipe].readers--;
    if (f->kind == PIPE_WRITER)
        pipes[f->pipe].writers--;
    epoll_forget(file);
    f->kind = NO_FILE;
    files_changed();
    return 0;
}

/* stat64 of o32: 26 words; the mode is word 6, the block size word 20 (22 after 64-bit alignment: never asked for). */
i32 file_status(u32 file, u32 to)
{
    enum { STAT_WORDS = 26, MODE = 6, LINKS = 7, FIFO = 0010600 };
    if (!file_at(file))
        return -EBADF;
    if (!has_words(to, STAT_WORDS))
        return -EFAULT;
    for (u32 i = 0; i < STAT_WORDS; i++)
        words_at(to)[i] = 0;
    words_at(to)[MODE] = FIFO;
    words_at(to)[LINKS] = 1;
    return 0;
}

i32 file_seek(u32 file) { return file_at(file) ? -ESPIPE : -EBADF; }

i32 file_io_control(u32 file) { return file_at(file) ? -ENOTTY : -EBADF; }

i32 pipe_create(u32 to, u32 flags)
{
    u32 pipe = 0;
    i32 reader, writer;
    if (!has_words(to, 2))
        return -EFAULT;
    while (pipe < PIPES && (pipes[pipe].readers || pipes[pipe].writers))
        pipe++;
    if (pipe == PIPES)
        return -EMFILE;
    reader = file_new(PIPE_READER, flags & O_NONBLOCK);
    if (reader < 0)
        return reader;
    writer = file_new(PIPE_WRITER, (flags & O_NONBLOCK) | 1);
    if (writer < 0) {
        files[reader].kind = NO_FILE;
        return writer;
    }
    files[reader].pipe = files[writer].pipe = pipe;
    pipes[pipe].first = pipes[pipe].count = 0;
    pipes[pipe].readers = pipes[pipe].writers = 1;
    words_at(to)[0] = reader;
    words_at(to)[1] = writer;
    return 0;
}

i32 event_create(u32 count, u32 flags)
{
    i32 file;
    if (flags & EFD_SEMAPHORE)
        return -EINVAL;
    file = file_new(EVENT, (flags & O_NONBLOCK) | O_RDWR);
    if (file >= 0)
        files[file].count = count;
    return file;
}
