package org.bascule.control.command;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;

/** A file that a command makes: never over an existing one, and gone again if it was broken off. */
final class NewFile {

    private NewFile() {}

    /** Fills it. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws CommandException;
    }

    static void write(Path file, Content content) throws CommandException {
        boolean whole = false;
        try (OutputStream to = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            try {
                content.writeTo(to);
                whole = true;
            } finally {
                if (!whole) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (FileAlreadyExistsException e) {
            throw new CommandException(
                    ExitCode.FAILED, Printable.of(file.toString()) + " exists already and is not overwritten", e);
        } catch (IOException e) {
            throw new CommandException(ExitCode.FAILED, Printable.of(file.toString()) + " cannot be written", e);
        }
    }
}
