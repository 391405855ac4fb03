package org.bascule.control.command;

import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.control.copy.End;
import org.bascule.control.remote.RemoteFiles;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.FileEntry;
import org.bascule.session.service.FileEntry.Kind;
import org.bascule.session.service.FilePath;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "file",
        header = "List, show, rename and delete files on a device.",
        subcommands = {
            FileCommand.Ls.class,
            FileCommand.Cat.class,
            FileCommand.Mkdir.class,
            FileCommand.Mv.class,
            FileCommand.Rm.class
        })
final class FileCommand {

    private static End remote(String text) throws CommandException {
        End end = End.parse(text);
        if (!end.isRemote()) {
            throw new CommandException(ExitCode.USAGE, "say where: DEVICE:PATH");
        }
        return end;
    }

    private static String device(End end) {
        return end.device().orElse("");
    }

    @Command(name = "ls", header = "List a folder of a device, or the folders that it has opened.")
    static final class Ls implements Action {

        @Mixin
        private Output output = new Output();

        @Mixin
        private SessionReason reason = new SessionReason();

        @Option(
                names = {"-a", "--all"},
                description = "those whose name begins with a dot, too")
        private boolean all;

        @Parameters(paramLabel = "DEVICE:[PATH]", description = "without a path: the folders below which everything is")
        private String where = "";

        @Override
        public int run(Surroundings around) throws CommandException {
            End end = remote(where);
            try (FileSession session =
                    FileSession.open(around, device(end), Operations.of(Operations.FILE_READ), reason)) {
                if (end.path().isEmpty()) {
                    Table table = new Table("FOLDER");
                    List<JsonObject> roots = new ArrayList<>();
                    for (FilePath root : session.files().roots()) {
                        table.add(root.text());
                        roots.add(Json.createObjectBuilder()
                                .add("path", root.text())
                                .build());
                    }
                    output.list(around, roots, table);
                } else {
                    list(around, session.files().list(session.path(end.path())));
                }
                return ExitCode.OK.code();
            } catch (DeviceProblem e) {
                throw FileSession.failure(end.path(), e);
            }
        }

        private void list(Surroundings around, List<FileEntry> entries) {
            Table table = Table.wide("MODE", "SIZE", "MODIFIED", "NAME");
            List<JsonObject> items = new ArrayList<>();
            entries.stream()
                    .filter(entry -> all || !entry.name().startsWith("."))
                    .sorted(Comparator.comparing(FileEntry::name))
                    .forEach(entry -> {
                        items.add(json(entry));
                        String name = FilePath.text(entry.name());
                        table.add(
                                mode(entry),
                                entry.kind() == Kind.FILE ? String.valueOf(entry.size()) : "-",
                                Instant.ofEpochMilli(entry.modified()).toString(),
                                switch (entry.kind()) {
                                    case FOLDER -> name + "/";
                                    case LINK -> name + " -> " + FilePath.text(entry.target());
                                    case FILE, OTHER -> name;
                                });
                    });
            output.list(around, items, table);
        }

        private static JsonObject json(FileEntry entry) {
            return Json.createObjectBuilder()
                    .add("name", FilePath.text(entry.name()))
                    .add(
                            "bytes",
                            org.bascule.wire.B64.encode(
                                    entry.name().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)))
                    .add("kind", entry.kind().name().toLowerCase(java.util.Locale.ROOT))
                    .add("size", entry.size())
                    .add("modified", Instant.ofEpochMilli(entry.modified()).toString())
                    .add("mode", String.format("%04o", entry.mode()))
                    .add("uid", entry.uid())
                    .add("gid", entry.gid())
                    .add("target", FilePath.text(entry.target()))
                    .build();
        }

        private static String mode(FileEntry entry) {
            StringBuilder text = new StringBuilder();
            text.append(
                    switch (entry.kind()) {
                        case FILE -> '-';
                        case OTHER -> '?';
                        case FOLDER, LINK -> entry.kind().code();
                    });
            for (int bit = 0; bit < 9; bit++) {
                text.append((entry.mode() & (0400 >> bit)) != 0 ? "rwx".charAt(bit % 3) : '-');
            }
            return text.toString();
        }
    }

    @Command(name = "cat", header = "Write a file of a device to standard output.")
    static final class Cat implements Action {

        @Mixin
        private SessionReason reason = new SessionReason();

        @Parameters(paramLabel = "DEVICE:PATH", description = "the file")
        private String where = "";

        @Override
        public int run(Surroundings around) throws CommandException {
            End end = remote(where);
            try (FileSession session =
                    FileSession.open(around, device(end), Operations.of(Operations.FILE_READ), reason)) {
                session.files().read(session.path(end.path()), (buffer, length) -> around.out()
                        .write(buffer, 0, length));
                return ExitCode.OK.code();
            } catch (DeviceProblem e) {
                throw FileSession.failure(end.path(), e);
            }
        }
    }

    /** Something that changes files. */
    @FunctionalInterface
    private interface Change {
        void run(RemoteFiles files, FilePath path) throws CommandException, DeviceProblem;
    }

    private static int change(Surroundings around, String where, SessionReason reason, Change change)
            throws CommandException {
        End end = remote(where);
        try (FileSession session = FileSession.open(
                around, device(end), Operations.of(Operations.FILE_READ, Operations.FILE_WRITE), reason)) {
            change.run(session.files(), session.path(end.path()));
            return ExitCode.OK.code();
        } catch (DeviceProblem e) {
            throw FileSession.failure(end.path(), e);
        }
    }

    @Command(name = "mkdir", header = "Make a folder on a device.")
    static final class Mkdir implements Action {

        @Mixin
        private SessionReason reason = new SessionReason();

        @Option(
                names = {"-p", "--parents"},
                description = "it may be there already, and the folders above it are made as well")
        private boolean parents;

        @Parameters(paramLabel = "DEVICE:PATH", description = "the folder")
        private String where = "";

        @Override
        public int run(Surroundings around) throws CommandException {
            return change(around, where, reason, (files, path) -> {
                if (parents) {
                    make(files, path);
                } else {
                    files.makeFolder(path, false);
                }
            });
        }

        private static void make(RemoteFiles files, FilePath path) throws CommandException, DeviceProblem {
            try {
                files.makeFolder(path, true);
            } catch (DeviceProblem e) {
                if (e.code() != DeviceProblem.Code.NOT_FOUND || path.isRoot()) {
                    throw e;
                }
                make(files, path.parent());
                files.makeFolder(path, true);
            }
        }
    }

    @Command(name = "mv", header = "Rename or move a file or folder on a device.")
    static final class Mv implements Action {

        @Mixin
        private SessionReason reason = new SessionReason();

        @Option(
                names = {"-f", "--force"},
                description = "replace a file that is called so")
        private boolean force;

        @Parameters(index = "0", paramLabel = "DEVICE:PATH", description = "the file or folder")
        private String where = "";

        @Parameters(index = "1", paramLabel = "PATH", description = "a folder that is there, or its new path")
        private String to = "";

        @Override
        public int run(Surroundings around) throws CommandException {
            End end = remote(where);
            End target = End.parse(to);
            if (target.isRemote() && !target.device().equals(end.device())) {
                throw new CommandException(ExitCode.USAGE, "both paths are on the same device");
            }
            try (FileSession session = FileSession.open(
                    around, device(end), Operations.of(Operations.FILE_READ, Operations.FILE_WRITE), reason)) {
                FilePath from = session.path(end.path());
                FilePath path = session.path(target.path());
                boolean into = session.files()
                        .find(path)
                        .filter(found -> found.kind() == Kind.FOLDER)
                        .isPresent();
                session.files().rename(from, into ? path.resolve(from.name()) : path, force);
                return ExitCode.OK.code();
            } catch (DeviceProblem e) {
                throw FileSession.failure(end.path(), e);
            }
        }
    }

    @Command(name = "rm", header = "Delete a file on a device, or a folder with what is in it.")
    static final class Rm implements Action {

        @Mixin
        private SessionReason reason = new SessionReason();

        @Mixin
        private Asked asked = new Asked();

        @Option(
                names = {"-r", "--recursive"},
                description = "a folder with all that is in it; links are deleted, not what they lead to")
        private boolean recursive;

        @Parameters(paramLabel = "DEVICE:PATH", description = "the file or folder")
        private String where = "";

        @Override
        public int run(Surroundings around) throws CommandException {
            return change(around, where, reason, (files, path) -> {
                if (recursive) {
                    long count = files.count(path);
                    Output.confirm(
                            around,
                            asked.yes(),
                            "This deletes " + count + (count == 1 ? " entry." : " files and folders."));
                }
                files.delete(path, recursive);
            });
        }
    }
}
