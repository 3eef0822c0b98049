/* Checks of the supervisor: each prints its name and how it went, the exit code is the number that failed. */
#ifndef CHECK_H
#define CHECK_H

#include "start.h"

static int failures;

static void print_text(const char *text)
{
    int length = 0;
    while (text[length])
        length++;
    print(text, length);
}

static void check(const char *name, int holds)
{
    print_text(name);
    print_text(holds ? ": ok\n" : ": FAILED\n");
    failures += !holds;
}

#endif
