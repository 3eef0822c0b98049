/* A tight loop: the millionth Fibonacci number, modulo 2^32. */
#include "start.h"

int main(void)
{
    u32 a = 0, b = 1;
    for (u32 i = 0; i < 1000000; i++) {
        u32 next = a + b;
        a = b;
        b = next;
        __asm__ volatile("" : "+r"(a), "+r"(b)); /* keep every turn */
    }
    print_hex(a);
    return 0;
}
