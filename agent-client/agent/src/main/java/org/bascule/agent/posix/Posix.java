package org.bascule.agent.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * File calls relative to an open folder. A name is one component (bytes, one for each character), and what is called so is never followed if it is a link. All throw {@link PosixException}.
 */
public final class Posix {

    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0100;
    private static final int O_NONBLOCK = 04000;
    private static final int O_CLOEXEC = 02000000;
    private static final int O_PATH = 010000000;
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int RENAME_NOREPLACE = 1;
    private static final int DIRENT_NAME = 19;
    private static final int DIRENTS = 32 << 10;
    private static final int MAX_LINK = 4_096;

    private static final @Nullable Processor PROCESSOR = Processor.present().orElse(null);

    private Posix() {}

    /** Whether this machine is one that the calls are known for. */
    public static boolean isSupported() {
        return PROCESSOR != null;
    }

    /** Bytes of a page of memory. */
    public static long pageSize() {
        return LibC.getpagesize();
    }

    static Processor processor() {
        Processor present = PROCESSOR;
        if (present == null) {
            throw new IllegalStateException("not on this machine");
        }
        return present;
    }

    private static byte[] c(String raw) {
        byte[] bytes = new byte[raw.length() + 1];
        System.arraycopy(raw.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, 0, raw.length());
        return bytes;
    }

    private static PosixException failed(String call) {
        return new PosixException(call, Native.getLastError());
    }

    private static void check(long result, String call) throws PosixException {
        if (result < 0) {
            throw failed(call);
        }
    }

    private static Fd opened(int fd, String what) throws PosixException {
        check(fd, what);
        return new Fd(fd);
    }

    /** A folder by its whole path, links followed: for what the owner of this machine has named. */
    public static Fd folder(String path) throws PosixException {
        return opened(LibC.openat(AT_FDCWD, c(path), O_PATH | O_CLOEXEC | processor().directory, 0), "open");
    }

    /** Finds what is called so, without opening it. */
    public static Fd find(Fd folder, String name) throws PosixException {
        return opened(LibC.openat(folder.number(), c(name), O_PATH | O_CLOEXEC | processor().noFollow, 0), "open");
    }

    /** Opens a folder that was found, to list or to write it to the disk. */
    public static Fd openFolder(Fd folder) throws PosixException {
        return opened(LibC.openat(folder.number(), c("."), O_CLOEXEC | processor().directory, 0), "open");
    }

    /** Opens the folder of this name. */
    public static Fd openFolder(Fd folder, String name) throws PosixException {
        return opened(
                LibC.openat(folder.number(), c(name), O_CLOEXEC | processor().directory | processor().noFollow, 0),
                "open");
    }

    /** Opens a file for reading; waits for no writer of a pipe. */
    public static Fd openToRead(Fd folder, String name) throws PosixException {
        return opened(LibC.openat(folder.number(), c(name), O_NONBLOCK | O_CLOEXEC | processor().noFollow, 0), "open");
    }

    /** Opens a file for reading and writing, made with mode 0600 if there is none. */
    public static Fd openToWrite(Fd folder, String name) throws PosixException {
        int flags = O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC | processor().noFollow;
        return opened(LibC.openat(folder.number(), c(name), flags, 0600), "open");
    }

    public static Stat stat(Fd fd) throws PosixException {
        return statx(fd, "", AT_EMPTY_PATH);
    }

    public static Stat stat(Fd folder, String name) throws PosixException {
        return statx(folder, name, AT_SYMLINK_NOFOLLOW);
    }

    private static Stat statx(Fd fd, String name, int flags) throws PosixException {
        try (Memory buffer = new Memory(Stat.LENGTH)) {
            check(LibC.syscall(processor().statx, fd.number(), c(name), flags, STATX_BASIC_STATS, buffer), "statx");
            return Stat.of(buffer);
        }
    }

    /** Where a link leads, as it says itself. */
    public static String target(Fd link) throws PosixException {
        return target(link, "");
    }

    public static String target(Fd folder, String name) throws PosixException {
        byte[] buffer = new byte[MAX_LINK];
        long length = LibC.readlinkat(folder.number(), c(name), buffer, buffer.length);
        check(length, "readlink");
        return new String(buffer, 0, (int) length, StandardCharsets.ISO_8859_1);
    }

    /**
     * Some more names of an open folder, without {@code .} and {@code ..}.
     *
     * @return empty at the end
     */
    public static List<String> names(Fd folder) throws PosixException {
        List<String> names = new ArrayList<>();
        try (Memory buffer = new Memory(DIRENTS)) {
            while (names.isEmpty()) {
                long length = LibC.syscall(processor().getdents64, folder.number(), buffer, DIRENTS);
                check(length, "getdents64");
                if (length == 0) {
                    return names;
                }
                add(buffer, length, names);
            }
        }
        return names;
    }

    /** Names from the beginning again. */
    public static void rewind(Fd folder) throws PosixException {
        check(LibC.lseek(folder.number(), 0, 0), "lseek");
    }

    /** {@code struct linux_dirent64}: inode u64, offset i64, length u16, type u8, name with a NUL. */
    private static void add(Memory buffer, long length, List<String> names) {
        int at = 0;
        while (at < length) {
            int record = buffer.getShort(at + 16L) & 0xffff;
            String name = buffer.getString(at + (long) DIRENT_NAME, "ISO-8859-1");
            if (!name.equals(".") && !name.equals("..")) {
                names.add(name);
            }
            at += record;
        }
    }

    /** Bytes from there into the buffer (a direct one), which is then ready to be read; 0 at the end. */
    public static int read(Fd file, ByteBuffer buffer, long offset) throws PosixException {
        buffer.clear();
        long count = LibC.pread(file.number(), buffer, buffer.capacity(), offset);
        check(count, "pread");
        buffer.limit((int) count);
        return (int) count;
    }

    /** All bytes of the buffer (a direct one, read from 0 to its limit). */
    public static void write(Fd file, ByteBuffer buffer, long offset) throws PosixException {
        ByteBuffer left = buffer.duplicate();
        long at = offset;
        while (left.hasRemaining()) {
            ByteBuffer part = left.slice();
            long count = LibC.pwrite(file.number(), part, part.remaining(), at);
            check(count, "pwrite");
            left.position(left.position() + (int) count);
            at += count;
        }
    }

    public static void truncate(Fd file, long length) throws PosixException {
        check(LibC.ftruncate(file.number(), length), "ftruncate");
    }

    /** What was written is on the disk when it returns. */
    public static void sync(Fd file) throws PosixException {
        check(LibC.fsync(file.number()), "fsync");
    }

    public static void permissions(Fd file, int mode) throws PosixException {
        check(LibC.fchmod(file.number(), mode), "fchmod");
    }

    /** Sets the time of the last change, and of the last access to the same. */
    public static void modified(Fd file, long milliseconds) throws PosixException {
        long seconds = Math.floorDiv(milliseconds, 1_000L);
        long nanos = Math.floorMod(milliseconds, 1_000L) * 1_000_000;
        check(LibC.futimens(file.number(), new long[] {seconds, nanos, seconds, nanos}), "futimens");
    }

    /** Bytes that an ordinary account may still write to the file system. */
    public static long free(Fd file) throws PosixException {
        // f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, …: unsigned long each, see statvfs(3)
        long[] figures = new long[16];
        check(LibC.fstatvfs(file.number(), figures), "fstatvfs");
        return figures[1] * figures[4];
    }

    public static void makeFolder(Fd folder, String name) throws PosixException {
        check(LibC.mkdirat(folder.number(), c(name), 0700), "mkdir");
    }

    public static void removeFile(Fd folder, String name) throws PosixException {
        check(LibC.unlinkat(folder.number(), c(name), 0), "unlink");
    }

    public static void removeFolder(Fd folder, String name) throws PosixException {
        check(LibC.unlinkat(folder.number(), c(name), AT_REMOVEDIR), "rmdir");
    }

    /** Takes the place of what is there. */
    public static void replace(Fd from, String name, Fd to, String newName) throws PosixException {
        check(LibC.renameat(from.number(), c(name), to.number(), c(newName)), "rename");
    }

    /** Fails with {@code EEXIST} if something is there. */
    public static void rename(Fd from, String name, Fd to, String newName) throws PosixException {
        long result =
                LibC.syscall(processor().renameat2, from.number(), c(name), to.number(), c(newName), RENAME_NOREPLACE);
        if (result < 0) {
            int errno = Native.getLastError();
            if (errno != Errno.EINVAL && errno != Errno.ENOSYS) {
                throw new PosixException("renameat2", errno);
            }
            renameBySight(from, name, to, newName);
        }
    }

    /** For a file system or a kernel that cannot do it in one step. */
    private static void renameBySight(Fd from, String name, Fd to, String newName) throws PosixException {
        try {
            stat(to, newName);
        } catch (PosixException e) {
            if (e.errno() == Errno.ENOENT) {
                replace(from, name, to, newName);
                return;
            }
            throw e;
        }
        throw new PosixException("rename", Errno.EEXIST);
    }
}
