/* The supervisor serves the Linux calls (MIPS o32) of the one program in the machine. It is a program like any
 * other: no privileged state, no interrupts. Threads are cooperative: a call is the only place where they switch. */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef int i32;

enum { USER_END = 0x80000000u, PAGE = 4096 };

/* Registers with a part in a call. The context keeps the pc in the place of k0. */
enum { V0 = 2, A0 = 4, A3 = 7, PC = 26, SP = 29 };

/* Linux error numbers, as MIPS numbers them. */
enum {
    ENOENT = 2, ESRCH = 3, EBADF = 9, EAGAIN = 11, ENOMEM = 12, EFAULT = 14, EEXIST = 17, ENODEV = 19, EINVAL = 22, EMFILE = 24,
    ENOTTY = 25, ENOSPC = 28, ESPIPE = 29, EPIPE = 32, ERANGE = 34, ENOSYS = 89, ETIMEDOUT = 145,
};

/* Why the supervisor gives up (docs/protocol.md, section 1). */
enum reason { UNKNOWN_CALL = 1, DEADLOCK = 2, MEMORY_EXHAUSTED = 3, INPUT_EXHAUSTED = 4 };

struct moment { u32 seconds, nanoseconds; };

enum thread_state { FREE, RUNNABLE, SLEEPING, WAITING_FUTEX, WAITING_FILES };

struct thread {
    u32 registers[32], hi, lo; /* entry.S knows these offsets */
    u32 thread_pointer;
    enum thread_state state;
    u32 id, clear_id;
    u32 futex, futex_bits;
    int timed, retries;
    struct moment deadline;
    u32 signal_mask[4], signal_stack[3];
};

/* entry.S */
extern u32 thread_pointer, program_end, refusal[3];
void halt(void) __attribute__((noreturn));

/* calls.c */
__attribute__((noreturn)) void refuse(enum reason reason);

/* clock.c */
extern struct moment now;
void read_clock(void);
struct moment later(struct moment from, struct moment by);
int before(struct moment a, struct moment b);
i32 clock_get(u32 to, int wide);
i32 clock_resolution(u32 to, int wide);
i32 time_of_day(u32 to);
int moment_from(u32 address, int wide, struct moment *to);

/* threads.c */
extern struct thread *current;
void start_threads(void);
struct thread *next_thread(void);
void start_slice(void);
int slice_is_over(void);
i32 thread_clone(u32 flags, u32 stack, u32 parent_id, u32 pointer, u32 child_id);
void thread_exit(u32 code);
void thread_sleep(struct moment until);
int thread_exists(u32 id);
i32 futex(u32 address, u32 operation, u32 value, u32 timeout, int wide, u32 second, u32 third);
void wait_for_files(int timed, struct moment deadline);
void files_changed(void);
__attribute__((noreturn)) void exit_group(u32 code);

/* memory.c */
i32 memory_brk(u32 address);
i32 memory_map(u32 address, u32 length, u32 protection, u32 flags);
i32 memory_unmap(u32 address, u32 length);
i32 memory_protect(u32 address, u32 length, u32 protection);
i32 memory_advise(u32 address, u32 length, u32 advice);

/* files.c */
i32 file_read(u32 file, u32 to, u32 length);
i32 file_write(u32 file, u32 from, u32 length);
i32 file_write_vector(u32 file, u32 vector, u32 count);
i32 file_control(u32 file, u32 command, u32 argument);
i32 file_close(u32 file);
i32 file_status(u32 file, u32 to);
i32 file_seek(u32 file);
i32 file_io_control(u32 file);
i32 pipe_create(u32 to, u32 flags);
i32 event_create(u32 count, u32 flags);
void store_exit_code(u32 code);

/* epoll.c */
enum { FILES = 32 };
enum file_kind { NO_FILE, INPUT, OUTPUT, LOG, EPOLL, EVENT, PIPE_READER, PIPE_WRITER };
struct file { enum file_kind kind; u32 flags, count, pipe; };
extern struct file files[FILES];
struct file *file_at(u32 file);
i32 file_new(enum file_kind kind, u32 flags);
int file_readable(const struct file *f);
int file_writable(const struct file *f);
i32 epoll_create(void);
i32 epoll_control(u32 epoll, u32 operation, u32 file, u32 event);
i32 epoll_wait(u32 epoll, u32 events, u32 room, int timed, struct moment deadline);
void epoll_forget(u32 file);
void epoll_rearm(void);

/* signals.c */
i32 signal_action(u32 signal, u32 action, u32 old);
i32 signal_mask(u32 how, u32 set, u32 old, u32 size);
i32 signal_stack(u32 stack, u32 old);
i32 signal_send(u32 signal);

/* bytes.c */
void copy_bytes(u32 to, u32 from, u32 length);
void clear_words(u32 from, u32 to);

static inline u32 *words_at(u32 address) { return (u32 *)address; }
static inline u8 *bytes_at(u32 address) { return (u8 *)address; }

/* Whether a program may hand over this pointer. Nothing else is checked: the machine has no page faults. */
static inline int has_bytes(u32 address, u32 length) { return address < USER_END && length <= USER_END - address; }
static inline int has_words(u32 address, u32 count) { return !(address & 3) && has_bytes(address, 4 * count); }

#endif
