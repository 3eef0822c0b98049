#!/bin/sh
# Builds the supervisor images: build.sh [FOLDER] (default: beside this script). The committed ones were made with the
# compiler named here: the same compiler gives the same bytes.
# Debian: gcc-mips-linux-gnu gcc-mipsel-linux-gnu
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
to=${1:-$here}
compiler=12.2.0
flags="-O2 -std=c11 -Wall -Wextra -Werror -mips32r2 -msoft-float -mno-abicalls -fno-pic -G0 -ffreestanding -nostdlib -static
    -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -fno-ident -Wl,--build-id=none"
cd "$here"
for order in be le; do
    case $order in
        be) tools=mips-linux-gnu- ;;
        le) tools=mipsel-linux-gnu- ;;
    esac
    found=$(${tools}gcc -dumpfullversion)
    [ "$found" = $compiler ] || echo "warning: ${tools}gcc is $found, not $compiler: the images may differ" >&2
    # shellcheck disable=SC2086 # the flags are words
    ${tools}gcc $flags -T supervisor.ld -o "$to/supervisor-$order.elf" entry.S \
        bytes.c calls.c clock.c epoll.c files.c memory.c signals.c threads.c
    ${tools}objcopy -O binary "$to/supervisor-$order.elf" "$to/supervisor-$order.bin"
    rm "$to/supervisor-$order.elf"
done
