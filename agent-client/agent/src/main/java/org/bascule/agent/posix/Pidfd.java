package org.bascule.agent.posix;

import com.sun.jna.Native;

/** One process, whatever becomes of its number: pidfd_open(2), Linux 5.3. An older kernel has but the number. */
public final class Pidfd implements AutoCloseable {

    // the same on every processor
    private static final int SEND_SIGNAL = 424;
    private static final int OPEN = 434;

    private final int pid;
    /** Negative on an old kernel. */
    private final int fd;

    private Pidfd(int pid, int fd) {
        this.pid = pid;
        this.fd = fd;
    }

    /** Whoever has this number now: look after this whether it is the one that is meant. */
    public static Pidfd open(long pid) throws PosixException {
        int number = Math.toIntExact(pid);
        long fd = LibC.syscall(OPEN, number, 0);
        if (fd < 0) {
            int errno = Native.getLastError();
            // what forbids unknown calls, as containers do, answers with EPERM
            if (errno != Errno.ENOSYS && errno != Errno.EPERM) {
                throw new PosixException("pidfd_open", errno);
            }
        }
        return new Pidfd(number, (int) fd);
    }

    /** Sends it with the rights of this program. */
    public void signal(int signal) throws PosixException {
        long result = fd < 0 ? LibC.kill(pid, signal) : LibC.syscall(SEND_SIGNAL, fd, signal, null, 0);
        if (result < 0) {
            throw new PosixException("kill", Native.getLastError());
        }
    }

    @Override
    public void close() {
        if (fd >= 0) {
            LibC.close(fd);
        }
    }
}
