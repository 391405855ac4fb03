package org.bascule.control.command;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.installation.InstallationException;
import org.bascule.control.installation.KeySetSigner;
import org.bascule.control.installation.RootKeyFile;
import org.bascule.wire.Json;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.trust.KeySet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The operator's offline commands. */
@Command(
        name = "installation",
        header = "For operators, offline: the root key of an installation and its key set.",
        description =
                "The root key belongs on a machine that is not the server. Agents, relays and clients trust what it signs.",
        subcommands = {Installation.Root.class, Installation.Sign.class})
final class Installation {

    /** One way to say what became of the files. */
    private interface Files {
        int run() throws IOException, InstallationException;
    }

    private static int with(Files action) throws CommandException {
        try {
            return action.run();
        } catch (InstallationException e) {
            throw new CommandException(ExitCode.FAILED, Printable.of(String.valueOf(e.getMessage())), e);
        } catch (FileAlreadyExistsException e) {
            throw new CommandException(
                    ExitCode.FAILED, Printable.of(e.getFile()) + " exists already and is not overwritten", e);
        } catch (NoSuchFileException e) {
            throw new CommandException(ExitCode.FAILED, "there is no file " + Printable.of(e.getFile()), e);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.FAILED,
                    "a file cannot be read or written: " + Printable.of(String.valueOf(e.getMessage())),
                    e);
        }
    }

    @Command(
            name = "root",
            header = "Make the root key of an installation.",
            description =
                    "Writes a new Ed25519 key (PKCS#8, PEM, mode 0600), never over an existing file, and prints the hash that agents and relays pin.")
    static final class Root implements Action {

        @Option(
                names = "--out",
                required = true,
                paramLabel = "FILE",
                description = "where the key goes; keep it offline")
        private Path out = Path.of("");

        @Option(names = "--json", description = "print JSON")
        private boolean json;

        @Override
        public int run(Surroundings around) throws CommandException {
            return with(() -> {
                RootSigningKey root = new RootKeyFile(out).create();
                around.println(
                        json
                                ? Json.createObjectBuilder()
                                        .add("rootHash", root.publicKey().kid())
                                        .build()
                                        .toString()
                                : "root hash " + root.publicKey().kid());
                return ExitCode.OK.code();
            });
        }
    }

    @Command(
            name = "sign",
            header = "Sign the key set that an access server asks for.",
            description = "Reads key-request.json of the server and writes the signed key set, which goes back to it.")
    static final class Sign implements Action {

        @Option(names = "--root", required = true, paramLabel = "FILE", description = "the root key")
        private Path root = Path.of("");

        @Option(
                names = "--request",
                required = true,
                paramLabel = "FILE",
                description = "key-request.json of the access server")
        private Path request = Path.of("");

        @Option(names = "--out", required = true, paramLabel = "FILE", description = "where the signed key set goes")
        private Path out = Path.of("");

        @Option(names = "--json", description = "print JSON")
        private boolean json;

        @Override
        public int run(Surroundings around) throws CommandException {
            return with(() -> {
                KeySet signed = new KeySetSigner(new RootKeyFile(root).read(), around.clock()).sign(request, out);
                around.println(
                        json
                                ? Printable.json(Json.createObjectBuilder()
                                        .add("issuer", signed.issuer())
                                        .add("seq", signed.seq())
                                        .add("keys", signed.keys().size())
                                        .add("rootHash", signed.root().kid())
                                        .build()
                                        .toString())
                                : "signed key set %d of %s with %d keys"
                                        .formatted(
                                                signed.seq(),
                                                Printable.of(signed.issuer()),
                                                signed.keys().size()));
                return ExitCode.OK.code();
            });
        }
    }
}
