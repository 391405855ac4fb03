package org.bascule.agent.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.Logging;
import org.bascule.agent.Version;
import org.bascule.agent.enrol.EnrolException;
import org.bascule.agent.enrol.Pairing;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.B64;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.PairingOpened;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.words.FingerprintWords;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bascule-agent pair}. */
@Command(
        name = "pair",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Makes this machine a device of an installation: shows a code with which an administrator accepts it.")
public final class PairCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--server",
            required = true,
            paramLabel = "URL",
            description = "The access server, https://HOST[:PORT].")
    private String server = "";

    @Option(
            names = "--root",
            paramLabel = "HASH",
            description =
                    "The hash of the installation's root, if you have it from its operator; then its words need not be compared.")
    private @Nullable String root;

    @Option(
            names = "--domain",
            paramLabel = "NAME",
            description = "Only administrators of this domain can find and accept this device.")
    private @Nullable String domain;

    @Option(names = "--name", paramLabel = "NAME", description = "A name for this device (default: its host name).")
    private @Nullable String name;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "Certificates (PEM) of a private authority to trust for the server.")
    private @Nullable Path authority;

    @Option(names = "--yes", description = "Takes whichever domain accepts this device, without asking here.")
    private boolean yes;

    @Mixin
    private ProxyOption proxy = new ProxyOption();

    @Mixin
    private FolderOption folder = new FolderOption();

    @Override
    public Integer call() throws InterruptedException {
        Logging.configure(false);
        try {
            return pair();
        } catch (EnrolException e) {
            return fail(String.valueOf(e.getMessage()), EnrolCommand.code(e.reason()));
        } catch (StateException e) {
            return fail(String.valueOf(e.getMessage()), ExitCode.FAILED);
        }
    }

    private int pair() throws EnrolException, StateException, InterruptedException {
        if (domain == null && !yes && System.console() == null) {
            return fail("Nobody is there to be asked: name the domain with --domain, or say --yes.", ExitCode.USAGE);
        }
        Pairing.Wish wish = new Pairing.Wish(
                server,
                name == null ? EnrolCommand.hostName() : name,
                rootHash(),
                Optional.ofNullable(domain),
                EnrolCommand.privateCa(authority));
        DeviceState state = new DeviceState(StateFolder.create(folder.path()));
        try (AutoCloseable lock = state.folder().lock()) {
            if (state.isEnrolled()) {
                return fail(EnrolCommand.already(state), ExitCode.STATE);
            }
            proxy.keep(state.folder());
            Registration registration = new Pairing(state, Clock.systemUTC(), new Terminal())
                    .pair(wish, Version.operatingSystem(), Version.text());
            EnrolCommand.report(spec.commandLine().getOut(), state, registration);
            return ExitCode.OK;
        } catch (EnrolException | StateException | InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new StateException("The folder cannot be unlocked: " + e.getMessage() + ".", e);
        }
    }

    private Optional<byte[]> rootHash() throws StateException {
        if (root == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(B64.decode(root.strip(), 32));
        } catch (WireException e) {
            throw new StateException("The hash of the root has 43 letters, digits, dashes and underscores.", e);
        }
    }

    private int fail(String sentence, int code) {
        CommandLine line = spec.commandLine();
        line.getErr().println(sentence);
        line.getErr().flush();
        return code;
    }

    private final class Terminal implements Pairing.Person {

        @Override
        public void shown(PairingOpened opened, DeviceIdentityPublicKey key) {
            var out = spec.commandLine().getOut();
            out.printf(
                    """
                    Code:         %s   (valid until %s)
                    Device:       %s
                                  %s
                    Installation: %s

                    An administrator types the code at "Add device" and compares the words of "Device" there with those here%s
                    Waiting...%n"""
                            .replace("\n", System.lineSeparator()),
                    opened.code().shown(),
                    DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT)
                            .withZone(ZoneId.systemDefault())
                            .format(opened.expires()),
                    key.fingerprint(),
                    FingerprintWords.text(key.thumbprint()),
                    FingerprintWords.text(opened.root().hash()),
                    root == null
                            ? "." + System.lineSeparator()
                                    + "This is the first contact: compare the words of \"Installation\" too, or somebody in between could stand in for it."
                            : ".");
            out.flush();
        }

        @Override
        public boolean confirms(Registration registration, String by) {
            var out = spec.commandLine().getOut();
            out.printf(
                    "Accepted into the domain %s as %s%s.%n",
                    Printable.of(registration.domainName()),
                    Printable.of(registration.name()),
                    by.isEmpty() ? "" : " by " + Printable.of(by));
            if (yes) {
                return true;
            }
            out.print("Is that right? [y/N] ");
            out.flush();
            try {
                String answer =
                        new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
                return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public void pause(Duration time) throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(time.toMillis());
        }
    }
}
