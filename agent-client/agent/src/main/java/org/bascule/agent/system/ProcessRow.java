package org.bascule.agent.system;

/**
 * One process in one sample.
 *
 * @param start clock ticks since boot
 * @param state one letter, see proc(5)
 * @param cpu tenths of a percent of one processor since the last sample; -1 if it was not there then
 * @param memory resident, bytes
 * @param name of the program, at most 15 bytes; hostile text
 * @param command arguments joined by blanks, cut; empty for a thread of the kernel
 */
record ProcessRow(
        long pid,
        long start,
        long parent,
        String user,
        char state,
        long threads,
        long cpu,
        long memory,
        String name,
        String command) {

    /** Whether nothing that is told with the first sight is another now. */
    boolean hasSameTexts(ProcessRow other) {
        return start == other.start
                && user.equals(other.user)
                && name.equals(other.name)
                && command.equals(other.command);
    }

    boolean hasSameFigures(ProcessRow other) {
        return parent == other.parent
                && state == other.state
                && threads == other.threads
                && cpu == other.cpu
                && memory == other.memory;
    }
}
