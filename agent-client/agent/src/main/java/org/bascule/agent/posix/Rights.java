package org.bascule.agent.posix;

import com.sun.jna.Native;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Whose rights file calls have. Linux keeps them for each thread (credentials(7), setfsuid(2)), so an agent that is root needs no process for each account: for the length of a piece of work the calling
 * thread has the account's user, group and groups for everything that touches a file, and none of root's capabilities over files, which the kernel takes away with the user. The kernel checks, not this program;
 * and an account cannot reach such a thread, since its real and effective user stay root's. For one thread at a time.
 *
 * <p>The work must do nothing but file calls: a thread that is started meanwhile would inherit the rights, and what belongs to the agent cannot be reached.
 */
public final class Rights {

    /** Work that touches files. */
    @FunctionalInterface
    public interface Work<T, E extends Exception> {
        T run() throws IOException, E;
    }

    private static final int MAX_GROUPS = 65_536;

    private final boolean own;
    private final int uid;
    private final int gid;
    private final int[] groups;
    /** Of the thread that works with it: one has its rights at a time. */
    private int[] groupsBefore = {};

    private int gidBefore;

    private Rights(boolean own, int uid, int gid, int... groups) {
        this.own = own;
        this.uid = uid;
        this.gid = gid;
        this.groups = groups;
    }

    /**
     * The rights of an account.
     *
     * @param ownUid what this process runs as
     */
    public static Rights of(String name, long uid, long gid, long ownUid) throws IOException {
        if (uid == ownUid) {
            return new Rights(true, (int) uid, (int) gid);
        }
        if (ownUid != 0) {
            throw new IOException("only root can have another account's rights");
        }
        int[] groups = new int[64];
        IntByReference count = new IntByReference(groups.length);
        byte[] user = (name + "\0").getBytes(StandardCharsets.UTF_8);
        while (LibC.getgrouplist(user, (int) gid, groups, count) < 0) {
            if (count.getValue() <= groups.length || count.getValue() > MAX_GROUPS) {
                throw new IOException("the groups of the account cannot be read");
            }
            groups = new int[count.getValue()];
        }
        return new Rights(false, (int) uid, (int) gid, Arrays.copyOf(groups, count.getValue()));
    }

    /** Does the work with these rights, on this thread. */
    public <T, E extends Exception> T with(Work<T, E> work) throws IOException, E {
        if (own) {
            return work.run();
        }
        groupsBefore = groupsNow();
        gidBefore = LibC.setfsgid(-1);
        try {
            become();
            return work.run();
        } finally {
            restore();
        }
    }

    /** Within such work: something that needs the agent's own rights. */
    public <T, E extends Exception> T without(Work<T, E> work) throws IOException, E {
        if (own) {
            return work.run();
        }
        restore();
        try {
            return work.run();
        } finally {
            become();
        }
    }

    private void become() throws IOException {
        if (LibC.syscall(Posix.processor().setgroups, groups.length, groups) != 0) {
            throw new PosixException("setgroups", Native.getLastError());
        }
        LibC.setfsgid(gid);
        LibC.setfsuid(uid);
        // neither says whether it worked; an impossible id changes nothing and returns what is
        if (LibC.setfsgid(-1) != gid || LibC.setfsuid(-1) != uid) {
            throw new IOException("the rights of the account cannot be had");
        }
    }

    private static int[] groupsNow() throws IOException {
        int count = LibC.getgroups(0, new int[1]);
        int[] groups = new int[Math.max(count, 1)];
        if (count < 0 || LibC.getgroups(count, groups) != count) {
            throw new IOException("the agent's groups cannot be read");
        }
        return Arrays.copyOf(groups, count);
    }

    /** A thread that stays another's is of no use for anything; it is not given back to a pool. */
    private void restore() {
        LibC.setfsuid(0);
        LibC.setfsgid(gidBefore);
        boolean done = LibC.syscall(Posix.processor().setgroups, groupsBefore.length, groupsBefore) == 0;
        if (!done || LibC.setfsuid(-1) != 0 || LibC.setfsgid(-1) != gidBefore) {
            throw new IllegalStateException("this thread cannot be the agent's again");
        }
    }
}
