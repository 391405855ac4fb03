package org.bascule.agent.file;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.posix.Fd;
import org.bascule.agent.posix.Posix;
import org.bascule.agent.posix.Stat;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;
import org.bascule.session.service.FilePath;

/**
 * Finds what a path means without ever leaving the roots. Each component is opened by itself, relative to the folder before it and never through a link; links are read and gone along here, {@code ..} by going
 * back to a folder that is still open. So there is no moment at which somebody who swaps a folder for a link could lead it elsewhere: what was checked is what is used.
 */
final class Walk {

    private static final int MAX_LINKS = 40;
    /** Folders held open on the way; with more of them other sessions would suffer. */
    private static final int MAX_DEPTH = 128;

    private final List<FilePath> roots;

    Walk(List<FilePath> roots) {
        this.roots = roots.stream()
                .sorted(Comparator.comparingInt((FilePath root) -> root.raw().length())
                        .reversed())
                .toList();
    }

    List<FilePath> roots() {
        return roots;
    }

    /**
     * A name in an open folder.
     *
     * @param name what it is called there; empty for a root itself
     */
    record Place(Fd folder, String name) implements AutoCloseable {

        /** For what is to be changed: a root stays as it is. */
        Place requireName() throws DeviceProblem {
            if (name.isEmpty()) {
                throw new DeviceProblem(Code.DENIED, "This folder is where the device's files begin; it stays.");
            }
            return this;
        }

        /** What is there; a link is itself. */
        Stat stat() throws IOException {
            return name.isEmpty() ? Posix.stat(folder) : Posix.stat(folder, name);
        }

        @Override
        public void close() {
            folder.close();
        }
    }

    /** Where the entry itself is: links on the way to it are followed, it is not. */
    Place entry(FilePath path) throws IOException, DeviceProblem {
        return walk(path, false);
    }

    /** What the path leads to in the end. */
    Place target(FilePath path) throws IOException, DeviceProblem {
        return walk(path, true);
    }

    /** The folder that the path leads to. */
    Fd folder(FilePath path) throws IOException, DeviceProblem {
        Place place = walk(path, true);
        if (place.name().isEmpty()) {
            return place.folder();
        }
        try (place) {
            Fd found = Posix.find(place.folder(), place.name());
            if (!Posix.stat(found).isFolder()) {
                found.close();
                throw new DeviceProblem(Code.NOT_A_FOLDER, "That is not a folder.");
            }
            return found;
        }
    }

    private Place walk(FilePath path, boolean followLast) throws IOException, DeviceProblem {
        Deque<Fd> way = new ArrayDeque<>();
        Deque<String> left = new ArrayDeque<>();
        int links = 0;
        try {
            begin(path.raw(), way, left);
            while (!left.isEmpty()) {
                String name = left.removeFirst();
                if (name.isEmpty() || name.equals(".")) {
                    continue;
                }
                if (name.equals("..")) {
                    back(way);
                    continue;
                }
                boolean last = left.isEmpty();
                if (last && !followLast) {
                    return new Place(way.pop(), name);
                }
                Optional<String> target = step(way, name, last);
                if (target.isEmpty()) {
                    if (last) {
                        return new Place(way.pop(), name);
                    }
                } else if (++links > MAX_LINKS) {
                    throw new DeviceProblem(Code.LOOP, "Links lead in a circle.");
                } else if (target.get().startsWith("/")) {
                    List<String> rest = List.copyOf(left);
                    left.clear();
                    close(way);
                    begin(target.get(), way, left);
                    left.addAll(rest);
                } else {
                    prepend(target.get(), left);
                }
            }
            return new Place(way.pop(), "");
        } finally {
            close(way);
        }
    }

    /** Goes into a folder unless it is the last; where a link leads, if it is one. */
    private static Optional<String> step(Deque<Fd> way, String name, boolean last) throws IOException, DeviceProblem {
        Fd found = Posix.find(top(way), name);
        boolean entered = false;
        try {
            Stat stat = Posix.stat(found);
            if (stat.isLink()) {
                return Optional.of(Posix.target(found));
            }
            if (last) {
                return Optional.empty();
            }
            if (!stat.isFolder()) {
                throw new DeviceProblem(Code.NOT_A_FOLDER, "That is not a folder.");
            }
            if (way.size() >= MAX_DEPTH) {
                throw new DeviceProblem(Code.TOO_DEEP, "That is too many folders deep.");
            }
            way.push(found);
            entered = true;
            return Optional.empty();
        } finally {
            if (!entered) {
                found.close();
            }
        }
    }

    private static Fd top(Deque<Fd> way) {
        return way.element();
    }

    private static void back(Deque<Fd> way) throws DeviceProblem {
        way.pop().close();
        if (way.isEmpty()) {
            throw Problems.outside();
        }
    }

    /** At the root that it is below. */
    private void begin(String path, Deque<Fd> way, Deque<String> left) throws IOException, DeviceProblem {
        for (FilePath root : roots) {
            String base = root.isRoot() ? "" : root.raw();
            if (path.equals(base) || path.startsWith(base + "/")) {
                way.push(Posix.folder(root.raw()));
                left.addAll(List.of(path.substring(base.length()).split("/")));
                return;
            }
        }
        throw Problems.outside();
    }

    private static void prepend(String target, Deque<String> left) {
        String[] names = target.split("/");
        for (int i = names.length - 1; i >= 0; i--) {
            left.addFirst(names[i]);
        }
    }

    private static void close(Deque<Fd> way) {
        way.forEach(Fd::close);
        way.clear();
    }
}
