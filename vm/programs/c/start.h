/* A C program without a library: the entry point and three Linux calls (MIPS o32). */
#ifndef START_H
#define START_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

enum { EXIT_GROUP = 4246, EXIT = 4001, READ = 4003, WRITE = 4004 };

/* Arguments 5 and 6 are passed on the stack. A call preserves s0 to s7, gp, sp and fp; on failure a3 is not 0 and v0 is
 * the error number, which is given here as a negative result. */
static inline int linux_call6(int number, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f)
{
    register int v0 __asm__("$2") = number;
    register u32 a0 __asm__("$4") = a;
    register u32 a1 __asm__("$5") = b;
    register u32 a2 __asm__("$6") = c;
    register u32 a3 __asm__("$7") = d;
    register u32 t0 __asm__("$8") = e;
    register u32 t1 __asm__("$9") = f;
    __asm__ volatile("addiu $sp, $sp, -32\n\t"
                     "sw %2, 16($sp)\n\t"
                     "sw %3, 20($sp)\n\t"
                     "syscall\n\t"
                     "addiu $sp, $sp, 32"
                     : "+r"(v0), "+r"(a3), "+r"(t0), "+r"(t1)
                     : "r"(a0), "r"(a1), "r"(a2)
                     : "$1", "$3", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25", "hi", "lo", "memory");
    return a3 ? -v0 : v0;
}

static inline int linux_call(int number, u32 a, const void *b, u32 c)
{
    register int v0 __asm__("$2") = number;
    register u32 a0 __asm__("$4") = a;
    register const void *a1 __asm__("$5") = b;
    register u32 a2 __asm__("$6") = c;
    register u32 a3 __asm__("$7");
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
