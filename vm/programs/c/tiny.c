/* A few hundred steps: what disputes are tested on. Sums the input bytes; the exit code is their number. */
#include "start.h"

int main(void)
{
    u8 input[16];
    u32 sum = 0;
    int length = linux_call(READ, 0, input, sizeof input);
    for (int i = 0; i < length; i++)
        sum += input[i];
    print(&sum, sizeof sum);
    return length;
}
