package org.bascule.control.command;

import java.nio.file.Path;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.control.signin.Account;
import org.bascule.control.terminal.LocalTerminal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The directory as a file. */
@Command(
        name = "export",
        header = "Save the directory of your domain as you see it.",
        description = {
            "Folders, contracts, users, qualifications, groups, members, devices, what is behind them, session policies, fixed relays, permission entries and options, as far as you "
                    + "may see them. 'bascule import' reads it again.",
            "Never written over an existing file. A file that was broken off is removed."
        })
final class Export implements Action {

    /** As the API names them. */
    enum Format {
        json("application/json"),
        csv("text/csv");

        private final String mediaType;

        Format(String mediaType) {
            this.mediaType = mediaType;
        }

        String mediaType() {
            return mediaType;
        }

        /** What the end of a file's name says. */
        static Format of(@Nullable Path file) {
            return file != null
                            && file.toString()
                                    .toLowerCase(java.util.Locale.ROOT)
                                    .endsWith(".csv")
                    ? csv
                    : json;
        }
    }

    @Option(
            names = "--format",
            paramLabel = "csv|json",
            description = "how it is written (as the end of the file's name says, otherwise json)")
    private @Nullable Format format;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE",
            description = "where it goes (standard output)")
    private @Nullable Path out;

    @Override
    public int run(Surroundings around) throws CommandException {
        Format written = format == null ? Format.of(out) : format;
        String path = "/api/export?format=" + written.name();
        if (out == null) {
            print(around, path, LocalTerminal.isOutput());
        } else {
            NewFile.write(out, to -> new Account(around).server().download(path, to));
        }
        return ExitCode.OK.code();
    }

    /** @param terminal texts of others must not do anything there */
    static void print(Surroundings around, String path, boolean terminal) throws CommandException {
        new Account(around).server().download(path, terminal ? new InertOutput(around.out()) : around.out());
    }
}
