package org.bascule.control.command;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.files.PrivateFile;
import org.bascule.wire.Json;

/**
 * What {@code bascule-agent enrol --file} takes, version 1 (docs/agent.md). Nobody but the owner can read it.
 *
 * @param path absolute; not there yet
 * @param authority PEM
 */
record EnrolmentFile(Path path, Optional<String> authority) {

    private static final int MAX_CA = 48 * 1_024;

    /** Looks at what can be looked at before a token is made. */
    static EnrolmentFile prepared(Path file, Optional<Path> authority) throws CommandException {
        Path path = file.toAbsolutePath().normalize();
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw exists(path);
        }
        Path folder = path.getParent();
        if (folder == null || !Files.isWritable(folder)) {
            throw new CommandException(ExitCode.FAILED, Printable.of(path.toString()) + " cannot be written");
        }
        return new EnrolmentFile(path, authority.isEmpty() ? Optional.empty() : Optional.of(pem(authority.get())));
    }

    private static String pem(Path file) throws CommandException {
        try {
            if (Files.size(file) <= MAX_CA) {
                String pem = Files.readString(file);
                if (pem.contains("-----BEGIN CERTIFICATE-----")) {
                    return pem;
                }
            }
        } catch (IOException e) {
            throw new CommandException(ExitCode.FAILED, Printable.of(file.toString()) + " cannot be read", e);
        }
        throw new CommandException(ExitCode.FAILED, Printable.of(file.toString()) + " is no PEM file of certificates");
    }

    /** @param created the token as the API told of it */
    void write(JsonObject created) throws CommandException {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("format", "bascule-enrolment")
                .add("version", 1)
                .add("server", created.getString("server"))
                .add("token", created.getString("token"))
                .add("expires", created.getString("expires"));
        authority.ifPresent(pem -> json.add("ca", pem));
        try {
            new PrivateFile(path).create(json.build() + "\n");
        } catch (FileAlreadyExistsException e) {
            throw exists(path);
        } catch (IOException e) {
            throw new CommandException(ExitCode.FAILED, shown() + " cannot be written", e);
        }
    }

    String shown() {
        return Printable.of(path.toString());
    }

    private static CommandException exists(Path path) {
        return new CommandException(
                ExitCode.FAILED, Printable.of(path.toString()) + " exists already and is not overwritten");
    }
}
