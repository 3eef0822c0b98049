/* The table of calls: Linux o32 numbers to what serves them. */
#include "supervisor.h"

enum call {
    EXIT = 4001, READ = 4003, WRITE = 4004, OPEN = 4005, CLOSE = 4006, TIME = 4013, LSEEK = 4019, GETPID = 4020,
    GETUID = 4024, ACCESS = 4033, KILL = 4037, BRK = 4045, GETGID = 4047, GETEUID = 4049, GETEGID = 4050,
    IOCTL = 4054, FCNTL = 4055, GETPPID = 4064, GETRLIMIT = 4076, GETTIMEOFDAY = 4078, READLINK = 4085, MMAP = 4090,
    MUNMAP = 4091, CLONE = 4120, UNAME = 4122, MPROTECT = 4125, LLSEEK = 4140, WRITEV = 4146, SCHED_YIELD = 4162,
    NANOSLEEP = 4166, PRCTL = 4192, RT_SIGACTION = 4194, RT_SIGPROCMASK = 4195, GETCWD = 4203, SIGALTSTACK = 4206,
    MMAP2 = 4210, STAT64 = 4213, LSTAT64 = 4214, FSTAT64 = 4215, MADVISE = 4218, FCNTL64 = 4220, GETTID = 4222, TKILL = 4236,
    FUTEX = 4238, SCHED_GETAFFINITY = 4240, EXIT_GROUP = 4246, EPOLL_CREATE = 4248, EPOLL_CTL = 4249,
    EPOLL_WAIT = 4250, SET_TID_ADDRESS = 4252, CLOCK_GETTIME = 4263, CLOCK_GETRES = 4264, CLOCK_NANOSLEEP = 4265,
    TGKILL = 4266, SET_THREAD_AREA = 4283, OPENAT = 4288, FSTATAT64 = 4293, READLINKAT = 4298, FACCESSAT = 4300,
    SET_ROBUST_LIST = 4309, EPOLL_PWAIT = 4313, EVENTFD2 = 4325, EPOLL_CREATE1 = 4326, PIPE2 = 4328, PRLIMIT64 = 4338,
    GETRANDOM = 4353, MEMBARRIER = 4358, STATX = 4366, RSEQ = 4367, CLOCK_GETTIME64 = 4403, CLOCK_GETRES_TIME64 = 4406,
    CLOCK_NANOSLEEP_TIME64 = 4407, FUTEX_TIME64 = 4422, EPOLL_PWAIT2 = 4441,
};

enum { TIMER_ABSTIME = 1, FILE_LIMIT = FILES, RLIMIT_NOFILE = 5, PROCESS = 1, USER = 0, CLOCKS = 12 };

/* The call that is being served. */
static u32 served_number, served_pc;

/* Nothing runs after this: the host reads the record where BREAK stopped the machine. */
void refuse(enum reason reason)
{
    refusal[0] = reason;
    refusal[1] = served_number;
    refusal[2] = served_pc;
    for (;;)
        __asm__ volatile("break");
}

/* Arguments 5 and 6 are on the program's stack. */
static u32 stack_argument(u32 index)
{
    u32 address = current->registers[SP] + 4 * index;
    return has_words(address, 1) ? *words_at(address) : 0;
}

static i32 sleep_for(u32 time, int wide, int absolute)
{
    struct moment span;
    if (!moment_from(time, wide, &span))
        return -EINVAL;
    thread_sleep(absolute ? span : later(now, span));
    return 0;
}

static i32 name_of_system(u32 to)
{
    enum { FIELD = 65, FIELDS = 6 };
    static const char names[FIELDS][12] = {"Linux", "gavel", "6.1.0", "#1", "mips", ""};
    if (!has_bytes(to, FIELD * FIELDS))
        return -EFAULT;
    for (u32 i = 0; i < FIELD * FIELDS; i++)
        bytes_at(to)[i] = i % FIELD < sizeof names[0] ? names[i / FIELD][i % FIELD] : 0;
    return 0;
}

/* The only folder is the root, and it is empty. */
static i32 folder(u32 to, u32 size)
{
    if (size < 2)
        return -ERANGE;
    if (!has_bytes(to, 2))
        return -EFAULT;
    bytes_at(to)[0] = '/';
    bytes_at(to)[1] = 0;
    return 2;
}

/* One processor: more would not run at the same time. */
static i32 affinity(u32 size, u32 to)
{
    if (size < 4 || (size & 3))
        return -EINVAL;
    if (!has_words(to, 1))
        return -EFAULT;
    *words_at(to) = 1;
    return 4;
}

/* The same numbers in every run (xorshift32): the machine is deterministic. A secret made here is no secret. */
static i32 random_bytes(u32 to, u32 length)
{
    static u32 state = 2463534242u;
    if (!has_bytes(to, length))
        return -EFAULT;
    for (u32 i = 0; i < length; i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        *bytes_at(to + i) = state >> 24;
    }
    return length;
}

/* Limits: files are few, the rest is as large as it gets. */
static i32 limits(u32 resource, u32 to, int wide)
{
    u32 words = wide ? 4 : 2;
    if (!to)
        return 0;
    if (!has_words(to, words))
        return -EFAULT;
    for (u32 i = 0; i < words; i++)
        words_at(to)[i] = wide ? -1 : 0x7fffffff;
    if (resource == RLIMIT_NOFILE && wide) {
        u32 one = 1;
        u32 low = *(const u8 *)&one ? 0 : 1;
        words_at(to)[low] = words_at(to)[2 + low] = FILE_LIMIT;
        words_at(to)[1 - low] = words_at(to)[3 - low] = 0;
    } else if (resource == RLIMIT_NOFILE) {
        words_at(to)[0] = words_at(to)[1] = FILE_LIMIT;
    }
    return 0;
}

static i32 wait_for_events(const u32 *a, int timed, struct moment span)
{
    /* A call that is made again keeps its first deadline. */
    struct moment deadline = current->retries ? current->deadline : later(now, span);
    return epoll_wait(a[0], a[1], a[2], timed, deadline);
}

static i32 wait_for_milliseconds(const u32 *a)
{
    u32 seconds = a[3] / 1000;
    return wait_for_events(a, (i32)a[3] >= 0, (struct moment){seconds, (a[3] - 1000 * seconds) * 1000000});
}

static i32 wait_for_timespec(const u32 *a)
{
    struct moment span = {0, 0};
    if (a[3] && !moment_from(a[3], 1, &span))
        return -EINVAL;
    return wait_for_events(a, a[3] != 0, span);
}

static i32 call(u32 number, const u32 *a)
{
    switch (number) {
    case CLOCK_GETTIME:
        return a[0] < CLOCKS ? clock_get(a[1], 0) : -EINVAL;
    case CLOCK_GETTIME64:
        return a[0] < CLOCKS ? clock_get(a[1], 1) : -EINVAL;
    case CLOCK_GETRES:
        return clock_resolution(a[1], 0);
    case CLOCK_GETRES_TIME64:
        return clock_resolution(a[1], 1);
    case GETTIMEOFDAY:
        return time_of_day(a[0]);
    case TIME:
        return now.seconds;
    case NANOSLEEP:
        return sleep_for(a[0], 0, 0);
    case CLOCK_NANOSLEEP:
        return sleep_for(a[2], 0, a[1] & TIMER_ABSTIME);
    case CLOCK_NANOSLEEP_TIME64:
        return sleep_for(a[2], 1, a[1] & TIMER_ABSTIME);

    case BRK:
        return memory_brk(a[0]);
    case MMAP:
    case MMAP2:
        return memory_map(a[0], a[1], a[2], a[3]);
    case MUNMAP:
        return memory_unmap(a[0], a[1]);
    case MPROTECT:
        return memory_protect(a[0], a[1], a[2]);
    case MADVISE:
        return memory_advise(a[0], a[1], a[2]);

    case CLONE:
        return thread_clone(a[0], a[1], a[2], a[3], stack_argument(4));
    case EXIT:
        thread_exit(a[0]);
        return 0;
    case EXIT_GROUP:
        exit_group(a[0]);
    case FUTEX:
        return futex(a[0], a[1], a[2], a[3], 0, stack_argument(4), stack_argument(5));
    case FUTEX_TIME64:
        return futex(a[0], a[1], a[2], a[3], 1, stack_argument(4), stack_argument(5));
    case SCHED_YIELD:
        return 0;
    case SCHED_GETAFFINITY:
        return affinity(a[1], a[2]);
    case SET_THREAD_AREA:
        thread_pointer = current->thread_pointer = a[0];
        return 0;
    case SET_TID_ADDRESS:
        current->clear_id = a[0];
        return current->id;
    case SET_ROBUST_LIST:
        return 0;
    case GETTID:
        return current->id;
    case GETPID:
        return PROCESS;
    case GETPPID:
        return 0;
    case GETUID:
    case GETEUID:
    case GETGID:
    case GETEGID:
        return USER;

    case RT_SIGACTION:
        return signal_action(a[0], a[1], a[2]);
    case RT_SIGPROCMASK:
        return signal_mask(a[0], a[1], a[2], a[3]);
    case SIGALTSTACK:
        return signal_stack(a[0], a[1]);
    case KILL:
        return a[0] == PROCESS ? signal_send(a[1]) : -ESRCH;
    case TKILL:
        return thread_exists(a[0]) ? signal_send(a[1]) : -ESRCH;
    case TGKILL:
        return a[0] == PROCESS && thread_exists(a[1]) ? signal_send(a[2]) : -ESRCH;

    case READ:
        return file_read(a[0], a[1], a[2]);
    case WRITE:
        return file_write(a[0], a[1], a[2]);
    case WRITEV:
        return file_write_vector(a[0], a[1], a[2]);
    case CLOSE:
        return file_close(a[0]);
    case FCNTL:
    case FCNTL64:
        return file_control(a[0], a[1], a[2]);
    case FSTAT64:
        return file_status(a[0], a[1]);
    case LSEEK:
    case LLSEEK:
        return file_seek(a[0]);
    case IOCTL:
        return file_io_control(a[0]);
    case PIPE2:
        return pipe_create(a[0], a[1]);
    case EVENTFD2:
        return event_create(a[0], a[1]);
    case EPOLL_CREATE:
    case EPOLL_CREATE1:
        return epoll_create();
    case EPOLL_CTL:
        return epoll_control(a[0], a[1], a[2], a[3]);
    case EPOLL_WAIT:
    case EPOLL_PWAIT:
        return wait_for_milliseconds(a);
    case EPOLL_PWAIT2:
        return wait_for_timespec(a);
    case OPEN:
    case OPENAT:
    case ACCESS:
    case FACCESSAT:
    case READLINK:
    case READLINKAT:
    case STAT64:
    case LSTAT64:
    case FSTATAT64:
    case STATX:
        return -ENOENT; /* no path leads anywhere */

    case GETCWD:
        return folder(a[0], a[1]);
    case UNAME:
        return name_of_system(a[0]);
    case GETRANDOM:
        return random_bytes(a[0], a[1]);
    case GETRLIMIT:
        return limits(a[0], a[1], 0);
    case PRLIMIT64:
        return limits(a[1], a[3], 1);
    case PRCTL:
    case MEMBARRIER:
    case RSEQ:
        return -ENOSYS; /* optional by design: every caller goes on without them */
    default:
        refuse(UNKNOWN_CALL);
    }
}

/* May the current thread go on, or is it another's turn? */
static int keeps_running(u32 number)
{
    return current->state == RUNNABLE && number != SCHED_YIELD && !slice_is_over();
}

struct thread *serve(struct thread *thread)
{
    enum { LARGEST_ERROR = 4095 };
    u32 number = served_number = thread->registers[V0];
    i32 result;
    served_pc = thread->registers[PC] - 4;
    start_threads();
    read_clock();
    result = call(number, &thread->registers[A0]);
    if (thread->state == WAITING_FILES) {
        thread->retries = 1;
        thread->registers[PC] -= 4; /* back to the call itself */
    } else {
        int failed = (u32)result >= -(u32)LARGEST_ERROR;
        thread->retries = 0;
        thread->registers[V0] = failed ? -result : result;
        thread->registers[A3] = failed;
    }
    if (!keeps_running(number)) {
        current = next_thread();
        start_slice();
    }
    return current;
}
