package org.bascule.agent.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The C library's calls as they are: names end with a NUL, -1 means that {@link Native#getLastError} tells why. */
final class LibC {

    static {
        Native.register("c");
    }

    private LibC() {}

    static native int openat(int folder, byte[] name, int flags, int mode);

    static native int close(int fd);

    static native int mkdirat(int folder, byte[] name, int mode);

    static native int unlinkat(int folder, byte[] name, int flags);

    static native int renameat(int from, byte[] name, int to, byte[] newName);

    static native long readlinkat(int folder, byte[] name, byte[] buffer, long size);

    static native long pread(int fd, ByteBuffer buffer, long size, long offset);

    static native long pwrite(int fd, ByteBuffer buffer, long size, long offset);

    static native long lseek(int fd, long offset, int whence);

    static native int ftruncate(int fd, long length);

    static native int fsync(int fd);

    static native int fchmod(int fd, int mode);

    static native int futimens(int fd, long[] times);

    static native int fstatvfs(int fd, long[] buffer);

    static native int setfsuid(int uid);

    static native int setfsgid(int gid);

    static native int getgroups(int size, int[] groups);

    static native int getgrouplist(byte[] user, int gid, int[] groups, IntByReference count);

    static native int getpagesize();

    static native int kill(int pid, int signal);

    /** pidfd_open(2): process, flags. */
    static native long syscall(long number, long pid, long flags);

    /** pidfd_send_signal(2), without a {@code siginfo_t}. */
    static native long syscall(long number, long pidfd, long signal, @Nullable Pointer info, long flags);

    /** statx(2). */
    static native long syscall(long number, long folder, byte[] name, long flags, long mask, Memory buffer);

    /** getdents64(2). */
    static native long syscall(long number, long fd, Pointer buffer, long size);

    /** renameat2(2). */
    static native long syscall(long number, long from, byte[] name, long to, byte[] newName, long flags);

    /** setgroups(2), of the calling thread alone: the library's function would change all of them. */
    static native long syscall(long number, long size, int[] groups);
}
