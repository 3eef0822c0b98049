/* Input, output, pipes, event counters, epoll, signals as far as they go, and small questions. */
#include "check.h"

enum { CLOSE = 4006, LSEEK = 4019, IOCTL = 4054, WRITEV = 4146, UNAME = 4122, RT_SIGACTION = 4194, RT_SIGPROCMASK = 4195 };
enum { SIGALTSTACK = 4206, FSTAT64 = 4215, FCNTL64 = 4220, EPOLL_CTL = 4249, EPOLL_WAIT = 4250, OPENAT = 4288 };
enum { EVENTFD2 = 4325, EPOLL_CREATE1 = 4326, PIPE2 = 4328, GETRANDOM = 4353, PRLIMIT64 = 4338 };
enum { NONBLOCK = 0x80, ADD = 1, DEL, MOD, IN = 1, EDGE = 1u << 31, GETFL = 3, SETFL, TCGETS = 0x540d };
enum { ENOENT = -2, EBADF = -9, EAGAIN = -11, EEXIST = -17, EINVAL = -22, ENOTTY = -25, ESPIPE = -29 };

struct event { u32 events, padding, data[2]; };

static u32 checksum;
static u8 piece[100];

static int call(int number, u32 a, u32 b, u32 c, u32 d) { return linux_call6(number, a, b, c, d, 0, 0); }

int main(void)
{
    int n, total = 0, pipe[2], counter, poll;
    struct event watch = {IN, 0, {0x1234, 0x5678}}, seen[4];
    const char *vector[4] = {"written in ", (const char *)11, "two parts\n", (const char *)10};
    u32 action[6] = {0}, old[6], mask[4] = {1, 2, 3, 4}, limits[4];
    u64 number = 3;
    u8 names[6 * 65], random[40] = {0};

    while ((n = linux_call(READ, 0, piece, sizeof piece)) > 0) {
        for (int i = 0; i < n; i++)
            checksum = checksum * 31 + piece[i];
        total += n;
    }
    print_hex(checksum);
    print_hex(total);
    check("the input ends", n == 0 && linux_call(READ, 0, piece, sizeof piece) == 0);
    check("two parts", call(WRITEV, 1, (u32)vector, 2, 0) == 21);
    check("standard error", linux_call(WRITE, 2, "", 0) == 0);
    check("no such file number", linux_call(WRITE, 77, piece, 1) == EBADF && linux_call(CLOSE, 77, 0, 0) == EBADF);
    check("no such file", call(OPENAT, -100, (u32)"/no/such/file", 0, 0) == ENOENT);
    check("no position", call(LSEEK, 0, 0, 1, 0) == ESPIPE);
    check("no terminal", call(IOCTL, 0, TCGETS, (u32)piece, 0) == ENOTTY);

    check("pipe", linux_call(PIPE2, (u32)pipe, (void *)NONBLOCK, 0) == 0 && pipe[0] != pipe[1]);
    check("nothing there yet", linux_call(READ, pipe[0], piece, 5) == EAGAIN);
    check("into the pipe", linux_call(WRITE, pipe[1], "abcdef", 6) == 6);
    check("out of it", linux_call(READ, pipe[0], piece, 4) == 4 && piece[0] == 'a' && piece[3] == 'd');
    check("and the rest", linux_call(READ, pipe[0], piece, 4) == 2 && piece[0] == 'e');
    check("flags", call(FCNTL64, pipe[0], GETFL, 0, 0) == NONBLOCK && call(FCNTL64, pipe[0], SETFL, 0, 0) == 0 &&
          call(FCNTL64, pipe[0], GETFL, 0, 0) == 0);
    check("the writer closes", linux_call(CLOSE, pipe[1], 0, 0) == 0 && linux_call(READ, pipe[0], piece, 4) == 0);

    counter = linux_call(EVENTFD2, 0, (void *)NONBLOCK, 0);
    check("counter", counter > 0 && linux_call(READ, counter, piece, 8) == EAGAIN);
    check("too short", linux_call(READ, counter, piece, 7) == EINVAL);
    poll = linux_call(EPOLL_CREATE1, 0, 0, 0);
    check("watch", call(EPOLL_CTL, poll, ADD, counter, (u32)&watch) == 0);
    check("watch twice", call(EPOLL_CTL, poll, ADD, counter, (u32)&watch) == EEXIST);
    check("quiet", call(EPOLL_WAIT, poll, (u32)seen, 4, 0) == 0);
    check("quiet for a while", call(EPOLL_WAIT, poll, (u32)seen, 4, 2) == 0);
    check("count", linux_call(WRITE, counter, &number, 8) == 8);
    check("seen", call(EPOLL_WAIT, poll, (u32)seen, 4, -1) == 1 && seen[0].events == IN && seen[0].data[0] == 0x1234 &&
          seen[0].data[1] == 0x5678);
    check("still seen", call(EPOLL_WAIT, poll, (u32)seen, 4, -1) == 1);
    watch.events = IN | EDGE;
    check("edges only", call(EPOLL_CTL, poll, MOD, counter, (u32)&watch) == 0 && call(EPOLL_WAIT, poll, (u32)seen, 4, 0) == 1 &&
          call(EPOLL_WAIT, poll, (u32)seen, 4, 0) == 0);
    check("counted", linux_call(READ, counter, &number, 8) == 8 && number == 3 && linux_call(READ, counter, piece, 8) == EAGAIN);
    check("unwatch", call(EPOLL_CTL, poll, DEL, counter, 0) == 0 && call(EPOLL_CTL, poll, DEL, counter, 0) == ENOENT);

    action[1] = 0x400000;
    check("handler", call(RT_SIGACTION, 10, (u32)action, 0, 16) == 0 && call(RT_SIGACTION, 10, 0, (u32)old, 16) == 0 &&
          old[1] == 0x400000);
    check("no such signal", call(RT_SIGACTION, 0, (u32)action, 0, 16) == EINVAL);
    check("mask", call(RT_SIGPROCMASK, 3, (u32)mask, 0, 16) == 0 && call(RT_SIGPROCMASK, 2, (u32)mask, (u32)old, 16) == 0 &&
          call(RT_SIGPROCMASK, 1, 0, (u32)mask, 16) == 0 && mask[0] == 0);
    check("names", linux_call(UNAME, (u32)names, 0, 0) == 0 && names[0] == 'L' && names[4] == 'x' && !names[5]);
    check("random", linux_call(GETRANDOM, (u32)random, (void *)sizeof random, 0) == sizeof random && (random[0] | random[39] | random[20]));
    check("limits", call(PRLIMIT64, 0, 7, 0, (u32)limits) == 0);
    return failures;
}
