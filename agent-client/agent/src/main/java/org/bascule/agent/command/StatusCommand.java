package org.bascule.agent.command;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bascule.agent.Version;
import org.bascule.agent.desk.DeviceDesk;
import org.bascule.agent.local.LocalClient;
import org.bascule.agent.local.LocalException;
import org.bascule.agent.owner.Moment;
import org.bascule.agent.owner.OwnerSwitch;
import org.bascule.agent.owner.SwitchState;
import org.bascule.agent.session.SessionSummary;
import org.bascule.agent.state.AgentStatus;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.transparency.LogMemory;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.trust.DeviceCertificates;
import org.bascule.wire.words.FingerprintWords;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bascule-agent status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Says whether this machine is enrolled and whether its agent is online.")
public final class StatusCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private FolderOption folder = new FolderOption();

    @Override
    public Integer call() {
        try {
            if (!Files.isDirectory(folder.path())) {
                return notEnrolled();
            }
            DeviceState state = new DeviceState(StateFolder.open(folder.path()));
            return state.isEnrolled() ? enrolled(state) : notEnrolled();
        } catch (StateException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private int notEnrolled() {
        print("This device is not enrolled.", Json.createObjectBuilder().add("enrolled", false));
        return ExitCode.STATE;
    }

    private int enrolled(DeviceState state) throws StateException {
        Registration registration = state.registration();
        DeviceIdentityPublicKey identity = state.identity().publicKey();
        String fingerprint = identity.fingerprint();
        String words = FingerprintWords.text(identity.thumbprint());
        Optional<AgentStatus> status = state.folder().isLocked() ? AgentStatus.load(state.folder()) : Optional.empty();
        Local local = local(state.folder());
        List<LogMemory.Fork> forks = LogMemory.forks(state.folder(), registration.domain());
        String running = status.map(AgentStatus::state).orElse("stopped");
        JsonObjectBuilder object = Json.createObjectBuilder()
                .add("enrolled", true)
                .add("uid", registration.uid())
                .add("name", registration.name())
                .add("domain", registration.domainName())
                .add("server", registration.servers().get(0))
                .add("fingerprint", fingerprint)
                .add("words", words)
                .add("certificateUntil", certificateEnd(registration))
                .add("logForks", forks.size())
                .add("switch", local.owner().toJson())
                .add("state", running);
        JsonArrayBuilder open = Json.createArrayBuilder();
        local.sessions().forEach(session -> open.add(session.toJson()));
        object.add("sessions", open);
        status.ifPresent(value -> object.add("pid", value.pid())
                .add("since", value.since().toString())
                .add("detail", value.detail()));
        print(
                """
                Device:      %s (%s)
                Domain:      %s
                Server:      %s
                Fingerprint: %s
                Words:       %s
                Certificate: until %s
                State:       %s%s%s
                Access:      %s
                Sessions:    %s"""
                        .formatted(
                                Printable.of(registration.name()),
                                registration.uid(),
                                Printable.of(registration.domainName()),
                                registration.servers().get(0),
                                fingerprint,
                                words,
                                certificateEnd(registration),
                                running,
                                status.map(value -> " since " + value.since()
                                                + (value.detail().isEmpty()
                                                        ? ""
                                                        : " (" + Printable.of(value.detail()) + ")"))
                                        .orElse(""),
                                forked(forks),
                                SwitchText.of(local.owner()),
                                sessions(local.sessions())),
                object);
        return status.isPresent() ? ExitCode.OK : ExitCode.NOT_RUNNING;
    }

    /** What the running agent says; without one, what its switch will be and no session. */
    private record Local(SwitchState owner, List<SessionSummary> sessions) {}

    private static Local local(StateFolder folder) throws StateException {
        try {
            Optional<StrictJson> answer = new LocalClient(folder).ask(DeviceDesk.STATUS);
            if (answer.isPresent()) {
                List<SessionSummary> sessions = new ArrayList<>();
                for (StrictJson session : answer.get().children("sessions", 64)) {
                    sessions.add(SessionSummary.parse(session));
                }
                return new Local(SwitchState.parse(answer.get().child("switch")), sessions);
            }
        } catch (LocalException | WireException e) {
            throw new StateException(String.valueOf(e.getMessage()), e);
        }
        return new Local(OwnerSwitch.peek(folder, Moment.now(Clock.systemUTC())), List.of());
    }

    private static String sessions(List<SessionSummary> sessions) {
        return sessions.isEmpty()
                ? "none"
                : sessions.stream()
                        .map(StatusCommand::session)
                        .collect(Collectors.joining("%n             ".formatted()));
    }

    private static String session(SessionSummary session) {
        return Printable.of("%s from %s as %s since %s: %s (%s)"
                .formatted(
                        session.name(),
                        session.from().isEmpty() ? "an unknown address" : session.from(),
                        session.account(),
                        session.since(),
                        String.join(", ", session.tools()),
                        session.sid()));
    }

    private static String forked(List<LogMemory.Fork> forks) {
        return forks.isEmpty()
                ? ""
                : "%nLog:         FORKED, first seen %s: not everybody is shown the same log, or it was rewritten"
                        .formatted(forks.get(0).found());
    }

    private static String certificateEnd(Registration registration) throws StateException {
        try {
            return DeviceCertificates.parseChain(registration.chain())
                    .get(0)
                    .getNotAfter()
                    .toInstant()
                    .toString();
        } catch (WireException e) {
            throw new StateException("This device's certificate is damaged: " + e.getMessage() + ".", e);
        }
    }

    private void print(String text, JsonObjectBuilder object) {
        var out = spec.commandLine().getOut();
        out.println(json ? Printable.json(object.build()) : text);
        out.flush();
    }
}
