/* A C program without a library: the entry point and three Linux calls (MIPS o32). */
#ifndef START_H
#define START_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

enum { EXIT_GROUP = 4246, READ = 4003, WRITE = 4004 };

/* A call preserves s0 to s7, gp, sp and fp; on failure a3 is not 0 and v0 is the error number. */
static inline int linux_call(int number, int a, const void *b, int c)
{
    register int v0 __asm__("$2") = number;
    register int a0 __asm__("$4") = a;
    register const void *a1 __asm__("$5") = b;
    register int a2 __asm__("$6") = c;
    register int a3 __asm__("$7");
    __asm__ volatile("syscall"
                     : "+r"(v0), "=r"(a3)
                     : "r"(a0), "r"(a1), "r"(a2)
                     : "$1", "$3", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25", "hi", "lo", "memory");
    return a3 ? -v0 : v0;
}

static inline void print(const void *bytes, int length) { linux_call(WRITE, 1, bytes, length); }

static inline void print_hex(u32 word)
{
    char text[9];
    for (int i = 0; i < 8; i++)
        text[i] = "0123456789abcdef"[word >> (28 - 4 * i) & 15];
    text[8] = '\n';
    print(text, 9);
}

int main(void);

void __start(void)
{
    linux_call(EXIT_GROUP, main(), 0, 0);
    __builtin_unreachable();
}

#endif
