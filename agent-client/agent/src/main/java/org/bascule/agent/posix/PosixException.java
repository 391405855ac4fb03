package org.bascule.agent.posix;

import java.io.IOException;

/** A system call failed. */
public final class PosixException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int errno;

    PosixException(String call, int errno) {
        super(call + ": errno " + errno);
        this.errno = errno;
    }

    /** See errno(3); the numbers of {@link Errno}. */
    public int errno() {
        return errno;
    }
}
