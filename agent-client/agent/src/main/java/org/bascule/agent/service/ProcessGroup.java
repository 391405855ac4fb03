package org.bascule.agent.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All processes of one POSIX session: a shell or command and whatever it started, background jobs included. A programme that made a session of its own
 * (a daemon) is meant to stay and does.
 */
final class ProcessGroup {

    private static final Path PROC = Path.of("/proc");
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final long leader;
    private final Optional<ProcessHandle> leading;
    /** Nobody is left, so the id may be somebody else's from now on. */
    private volatile boolean over;

    /** @param leader pid of the session leader, which is the id of the session */
    ProcessGroup(long leader) {
        this.leader = leader;
        this.leading = ProcessHandle.of(leader);
    }

    /** Asks all to end, and ends after a second what has not. Returns when it is done. */
    void end() {
        members().forEach(ProcessHandle::destroy);
        kill();
    }

    /** Ends after a second what has not ended by itself. */
    void kill() {
        long deadline = System.nanoTime() + GRACE.toNanos();
        List<ProcessHandle> left = members();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            if (!pause()) {
                break;
            }
            left = members();
        }
        left.forEach(ProcessHandle::destroyForcibly);
    }

    private static boolean pause() {
        try {
            Thread.sleep(20);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Zombies do not count. */
    List<ProcessHandle> members() {
        List<ProcessHandle> members = new ArrayList<>();
        if (over) {
            return members;
        }
        boolean led = leading.isPresent() && leading.get().isAlive();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (isMember(process)) {
                    ProcessHandle.of(Long.parseLong(String.valueOf(process.getFileName())))
                            .ifPresent(members::add);
                }
            }
        } catch (IOException e) {
            leading.filter(ProcessHandle::isAlive).ifPresent(members::add);
            return members;
        }
        over = !led && members.isEmpty();
        return members;
    }

    /** {@code pid (name) state ppid pgrp session …}, see proc(5); the name may hold anything, so what follows its last bracket counts. */
    private boolean isMember(Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5);
            return !fields[0].equals("Z") && !fields[0].equals("X") && Long.parseLong(fields[3]) == leader;
        } catch (IOException | RuntimeException e) {
            return false; // gone meanwhile
        }
    }
}
