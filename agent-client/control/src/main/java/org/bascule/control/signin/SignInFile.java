package org.bascule.control.signin;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.control.files.PrivateFile;
import org.bascule.wire.WireException;

/** The sign-in of this user: {@code sign-in.json} in the configuration folder, mode 0600. */
final class SignInFile {

    private final PrivateFile file;

    SignInFile(Surroundings around) {
        file = new PrivateFile(around.configFolder().resolve("sign-in.json"));
    }

    Path path() {
        return file.path();
    }

    Optional<SignIn> read() throws CommandException {
        try {
            Optional<String> content = file.read();
            if (content.isEmpty()) {
                return Optional.empty();
            }
            if (file.isOpenToOthers()) {
                throw new CommandException(
                        ExitCode.SECURITY,
                        "others may read " + file.path() + ": sign in anew and revoke the old sign-in");
            }
            return Optional.of(SignIn.parse(content.get()));
        } catch (IOException e) {
            throw new CommandException(ExitCode.FAILED, file.path() + " cannot be read", e);
        } catch (WireException e) {
            throw new CommandException(ExitCode.NOT_SIGNED_IN, file.path() + " is damaged: sign in anew", e);
        }
    }

    void write(SignIn signIn) throws CommandException {
        try {
            file.write(signIn.toJson());
        } catch (IOException e) {
            throw new CommandException(ExitCode.FAILED, file.path() + " cannot be written", e);
        }
    }

    void delete() throws CommandException {
        try {
            file.delete();
        } catch (IOException e) {
            throw new CommandException(ExitCode.FAILED, file.path() + " cannot be removed", e);
        }
    }
}
