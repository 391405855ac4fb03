package org.bascule.agent.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bascule.agent.Logging;
import org.bascule.agent.Version;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.account.AccountRules;
import org.bascule.agent.enrol.EnrolException;
import org.bascule.agent.enrol.Enrolment;
import org.bascule.agent.enrol.EnrolmentFile;
import org.bascule.agent.policy.AgentPolicy;
import org.bascule.agent.policy.PolicyFile;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.words.FingerprintWords;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bascule-agent enrol}. */
@Command(
        name = "enrol",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Makes this machine a device of an installation, with a token that an administrator created.")
public final class EnrolCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--server", paramLabel = "URL", description = "The access server, https://HOST[:PORT].")
    private @Nullable String server;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description =
                    "The enrolment file, instead of --server, --token and --ca; removed when the device is enrolled.")
    private @Nullable Path file;

    @Option(names = "--keep-file", description = "Leaves the enrolment file where it is, for the next device.")
    private boolean keepFile;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description =
                    "The enrolment token; without it, the environment variable BASCULE_ENROLMENT_TOKEN, which other users cannot see.")
    private @Nullable String token;

    @Option(names = "--name", paramLabel = "NAME", description = "A name for this device (default: its host name).")
    private @Nullable String name;

    @Option(
            names = "--account",
            paramLabel = "USER",
            description =
                    "The one account of this machine that terminals and commands may run as; written to policy.json.")
    private @Nullable String account;

    @Option(
            names = "--shell",
            paramLabel = "FILE",
            description = "The shell to start instead of the account's own; written to policy.json.")
    private @Nullable Path shell;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "Certificates (PEM) of a private authority to trust for the server.")
    private @Nullable Path authority;

    @Mixin
    private ProxyOption proxy = new ProxyOption();

    @Mixin
    private FolderOption folder = new FolderOption();

    @Override
    public Integer call() {
        Logging.configure(false);
        try {
            return enrol();
        } catch (EnrolException e) {
            return fail(String.valueOf(e.getMessage()), code(e.reason()));
        } catch (StateException | AccountException e) {
            return fail(String.valueOf(e.getMessage()), ExitCode.FAILED);
        }
    }

    static int code(EnrolException.Reason reason) {
        return switch (reason) {
            case TOKEN -> ExitCode.TOKEN;
            case BOUND, REJECTED -> ExitCode.REJECTED;
            case SERVER -> ExitCode.SERVER;
            case NOT_TRUSTED -> ExitCode.NOT_TRUSTED;
        };
    }

    private int enrol() throws EnrolException, StateException, AccountException {
        if ((file == null) == (server == null)
                || file != null && (token != null || authority != null)
                || file == null && keepFile) {
            return fail("Give either --server with a token, or --file.", ExitCode.USAGE);
        }
        Optional<EnrolmentFile> given = file == null ? Optional.empty() : Optional.of(EnrolmentFile.read(file));
        Enrolment.Wish wish = given.isEmpty() ? wish() : wish(given.get());
        DeviceState state = new DeviceState(StateFolder.create(folder.path()));
        try (AutoCloseable lock = state.folder().lock()) {
            if (state.isEnrolled()) {
                return fail(already(state), ExitCode.STATE);
            }
            proxy.keep(state.folder());
            Optional<AgentPolicy> policy = policy(state);
            EnrolmentFile.forgetUsed(state.folder());
            if (given.isPresent() && !keepFile) {
                given.get().begin(state.folder());
            }
            Registration registration = enrolled(state, wish);
            if (policy.isPresent()) {
                PolicyFile.write(state.folder(), policy.get());
            }
            report(spec.commandLine().getOut(), state, registration);
            removeFile(state);
            return ExitCode.OK;
        } catch (EnrolException | StateException | AccountException e) {
            throw e;
        } catch (Exception e) {
            throw new StateException("The folder cannot be unlocked: " + e.getMessage() + ".", e);
        }
    }

    private static Registration enrolled(DeviceState state, Enrolment.Wish wish) throws EnrolException, StateException {
        try {
            return new Enrolment(state, Clock.systemUTC()).enrol(wish, Version.operatingSystem(), Version.text());
        } catch (EnrolException e) {
            EnrolmentFile.forgetUsed(state.folder());
            throw e;
        }
    }

    static String already(DeviceState state) throws StateException {
        Registration present = state.registration();
        return "This device is already enrolled in %s as %s; to enrol it anew, run `bascule-agent reset-identity` first."
                .formatted(Printable.of(present.domainName()), Printable.of(present.name()));
    }

    static void report(PrintWriter out, DeviceState state, Registration registration) throws StateException {
        out.printf(
                "Enrolled in %s as %s.%n", Printable.of(registration.domainName()), Printable.of(registration.name()));
        out.printf("Device id: %s%n", registration.uid());
        out.printf("Fingerprint: %s%n", state.identity().publicKey().fingerprint());
        out.printf(
                "Words:       %s%n",
                FingerprintWords.text(state.identity().publicKey().thumbprint()));
        out.printf("Start it with: bascule-agent run --dir %s%n", state.folder().path());
        out.flush();
    }

    private Enrolment.Wish wish() throws EnrolException, StateException {
        String text = token != null ? token : System.getenv("BASCULE_ENROLMENT_TOKEN");
        if (text == null) {
            throw new EnrolException(EnrolException.Reason.TOKEN, "An enrolment token is needed: --token TOKEN.");
        }
        return new Enrolment.Wish(String.valueOf(server), text, name == null ? hostName() : name, privateCa(authority));
    }

    private Enrolment.Wish wish(EnrolmentFile given) {
        if (given.isReadByOthers()) {
            say("Others can read %s: whoever did can enrol a device with its token.".formatted(given.path()));
        }
        return new Enrolment.Wish(given.server(), given.token(), name == null ? hostName() : name, given.privateCa());
    }

    /** The device is enrolled by then, whatever becomes of the file. */
    private void removeFile(DeviceState state) {
        try {
            EnrolmentFile.removeUsed(state.folder()).ifPresent(gone -> say("Removed " + gone + "."));
        } catch (StateException e) {
            say(String.valueOf(e.getMessage()));
        }
    }

    private void say(String sentence) {
        spec.commandLine().getErr().println(sentence);
        spec.commandLine().getErr().flush();
    }

    static Optional<byte[]> privateCa(@Nullable Path authority) throws StateException {
        if (authority == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readAllBytes(authority));
        } catch (IOException e) {
            throw new StateException("The file " + authority + " cannot be read.", e);
        }
    }

    static String hostName() {
        String fromSystem;
        try {
            fromSystem = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            fromSystem = "";
        }
        return fromSystem.isBlank() ? "device" : fromSystem.substring(0, Math.min(200, fromSystem.length()));
    }

    /** Checked before anything is asked of the server: a token is not used up for a device that nobody can use. */
    private Optional<AgentPolicy> policy(DeviceState state) throws StateException, AccountException {
        if (account == null && shell == null) {
            return Optional.empty();
        }
        AgentPolicy present = AgentPolicy.load(state.folder());
        AgentPolicy wanted = new AgentPolicy(
                present.allowRoot(),
                account == null ? present.accounts() : Optional.of(List.of(account)),
                present.operations(),
                shell == null ? present.shell() : Optional.of(checkedShell(shell)),
                present.asksConsent());
        if (account != null) {
            checkAccount(account, wanted);
        }
        return Optional.of(wanted);
    }

    private static Path checkedShell(Path shell) throws StateException {
        if (!shell.isAbsolute() || !Files.isExecutable(shell)) {
            throw new StateException("The shell " + shell + " is not the absolute path of a programme.");
        }
        return shell;
    }

    private static void checkAccount(String account, AgentPolicy wanted) throws AccountException {
        try {
            new AccountRules(new AccountDirectory()).resolve(account, wanted);
        } catch (AccountException e) {
            throw new AccountException("The account " + account + " cannot be used: " + e.getMessage() + ".");
        }
    }

    private int fail(String sentence, int code) {
        say(sentence);
        return code;
    }
}
