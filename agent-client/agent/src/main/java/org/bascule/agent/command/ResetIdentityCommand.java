package org.bascule.agent.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bascule.agent.Logging;
import org.bascule.agent.Version;
import org.bascule.agent.enrol.EnrolException;
import org.bascule.agent.enrol.ServerCalls;
import org.bascule.agent.identity.DeviceIdentity;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.tls.AgentProxy;
import org.bascule.agent.tls.ServerTrust;
import org.bascule.session.network.Network;
import org.bascule.wire.enrol.ResetNotice;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bascule-agent reset-identity}. */
@Command(
        name = "reset-identity",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Gives up the identity of this machine: tells the server, and removes the keys and what belongs to its domain, also events not sent yet. The policy stays.",
            "The machine stays bound to its domain until an administrator there releases it."
        })
public final class ResetIdentityCommand implements Callable<Integer> {

    private static final int MAX_ANSWER = 8 * 1_024;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--yes", description = "Does not ask.")
    private boolean yes;

    @Mixin
    private FolderOption folder = new FolderOption();

    @Override
    public Integer call() {
        Logging.configure(false);
        try {
            if (!Files.isDirectory(folder.path())) {
                return fail("This device is not enrolled.", ExitCode.STATE);
            }
            DeviceState state = new DeviceState(StateFolder.open(folder.path()));
            if (state.folder().isLocked()) {
                return fail("An agent is running with this folder; stop it first.", ExitCode.STATE);
            }
            try (AutoCloseable lock = state.folder().lock()) {
                return reset(state);
            }
        } catch (StateException e) {
            return fail(String.valueOf(e.getMessage()), ExitCode.FAILED);
        } catch (Exception e) {
            return fail("The folder cannot be unlocked: " + e.getMessage() + ".", ExitCode.FAILED);
        }
    }

    private int reset(DeviceState state) throws StateException {
        if (!state.isEnrolled()) {
            return fail("This device is not enrolled.", ExitCode.STATE);
        }
        Registration registration = state.registration();
        if (!yes && !confirmed(registration)) {
            return fail("Nothing was changed.", ExitCode.FAILED);
        }
        Optional<String> untold = tell(state, registration);
        state.reset();
        var out = spec.commandLine().getOut();
        out.println("The identity of this device is gone.");
        untold.ifPresent(why -> out.println("The server could not be told: " + why + " An administrator should revoke "
                + registration.uid() + "."));
        out.flush();
        return ExitCode.OK;
    }

    private boolean confirmed(Registration registration) {
        var out = spec.commandLine().getOut();
        out.printf(
                "This machine will no longer be %s of %s. Go on? [y/N] ",
                Printable.of(registration.name()), Printable.of(registration.domainName()));
        out.flush();
        try {
            String answer = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
            return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
        } catch (IOException e) {
            return false;
        }
    }

    /** Why no server could be told; empty if one was. A key that comes next may be the one that the server knows. */
    private static Optional<String> tell(DeviceState state, Registration registration) throws StateException {
        Clock clock = Clock.systemUTC();
        Network network = ServerTrust.of(state.privateCa()).network(AgentProxy.of(state.folder()));
        String why = "it refused.";
        for (String server : registration.servers()) {
            ServerCalls calls = new ServerCalls(server, network);
            DeviceIdentity identity = DeviceIdentity.open(state, clock);
            for (var key : java.util.List.of(identity.forConnection().key(), identity.key())) {
                ResetNotice notice = ResetNotice.sign(key, registration.uid(), registration.domain(), clock.instant());
                try {
                    if (calls.post("/api/enrol/reset", notice.toJson(), MAX_ANSWER)
                                    .status()
                            == 204) {
                        return Optional.empty();
                    }
                } catch (EnrolException e) {
                    why = String.valueOf(e.getMessage());
                }
            }
        }
        return Optional.of(why);
    }

    private int fail(String sentence, int code) {
        spec.commandLine().getErr().println(sentence);
        spec.commandLine().getErr().flush();
        return code;
    }
}
