package org.bascule.agent.posix;

import java.util.Optional;

/** What differs between processors: numbers of system calls, and flags of open(2) (asm/unistd.h, asm/fcntl.h of Linux). */
enum Processor {
    X86_64(217, 332, 316, 116, 0200000, 0400000),
    AARCH64(61, 291, 276, 159, 040000, 0100000),
    RISCV64(61, 291, 276, 159, 0200000, 0400000);

    final int getdents64;
    final int statx;
    final int renameat2;
    final int setgroups;
    final int directory;
    final int noFollow;

    Processor(int getdents64, int statx, int renameat2, int setgroups, int directory, int noFollow) {
        this.getdents64 = getdents64;
        this.statx = statx;
        this.renameat2 = renameat2;
        this.setgroups = setgroups;
        this.directory = directory;
        this.noFollow = noFollow;
    }

    static Optional<Processor> present() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return Optional.empty();
        }
        return switch (System.getProperty("os.arch", "")) {
            case "amd64", "x86_64" -> Optional.of(X86_64);
            case "aarch64" -> Optional.of(AARCH64);
            case "riscv64" -> Optional.of(RISCV64);
            default -> Optional.empty();
        };
    }
}
