package org.bascule.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import jakarta.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.policy.PolicyFile;
import org.bascule.session.service.CommandLine;
import org.bascule.session.service.FilePath;
import org.bascule.session.service.FileRequest;
import org.bascule.session.service.SystemRequest;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionEnd;
import org.bascule.wire.Operations;
import org.bascule.wire.ticket.Demands;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rights that change while a session has more than they leave, by its ticket or by the owner. */
@Timeout(60)
class SessionRightsTest extends DeviceSessionsFixture {

    private static final Demands FULL_LOG = new Demands(Optional.empty(), Optional.empty(), true);

    private Path folder;
    private Path restarted;
    private String own;

    @BeforeEach
    void permit(@TempDir Path temporary) throws Exception {
        folder = temporary.toRealPath();
        restarted = folder.resolve("restarted");
        own = ",\"roots\":[\"" + folder + "\"],\"restart\":[\"/usr/bin/touch\",\"" + restarted + "\"]";
        policy(own);
    }

    private Opening opening(String... operations) throws Exception {
        Operations all = Operations.of(operations);
        return new Opening(all, ticket -> {
            ticket.operations = all;
            ticket.demands = FULL_LOG;
        });
    }

    private static Collected open(Session session, Service service, JsonObject arguments) throws Exception {
        Collected stream = new Collected();
        session.open(service, arguments, stream);
        return stream;
    }

    private static String error(Collected stream) throws Exception {
        stream.end.get(20, TimeUnit.SECONDS);
        return stream.events.stream()
                .filter(event -> event.containsKey("error"))
                .map(event -> event.getJsonObject("error").getString("code"))
                .findFirst()
                .orElse("none");
    }

    private JsonObject makeFolder(String name) {
        return new FileRequest.MakeFolder(path(name), false).toJson();
    }

    private FilePath path(String name) {
        return FilePath.ofText(folder.resolve(name).toString());
    }

    private static JsonObject start(String shell, Optional<String> account) {
        return new SystemRequest.Start(CommandLine.shell(shell), account, Optional.of("/")).toJson();
    }

    @Test
    void theDeviceIsNotRestartedWhenTheRightWentWhileTheLogWaited() throws Exception {
        Opening opening = opening(Operations.PROCESS_VIEW, Operations.POWER);
        try (Session session = opening.session()) {
            await(() -> session.isRunning() && sessions.count() == 1);
            fillLog();
            Collected restart = open(session, Service.SYSTEM, new SystemRequest.Restart("").toJson());
            awaitWaitForRoom();
            renew(opening, 2, Operations.of(Operations.PROCESS_VIEW), opening.ticket.sessionExpires);
            makeRoom();
            assertThat(error(restart)).isEqualTo("not-permitted");
            assertThat(restarted).doesNotExist();
            awaitEvent("stream-refused", "not permitted: restart");
            awaitEvent("log.process-ended", "not started");
            assertThat(session.isRunning()).isTrue();
        }
    }

    @Test
    void howTheCommandForARestartEndedIsLogged() throws Exception {
        own = ",\"restart\":[\"/bin/sh\",\"-c\",\"read line || exit 7\"]";
        policy(own);
        try (Session session = opening(Operations.POWER).session()) {
            assertThat(error(open(session, Service.SYSTEM, new SystemRequest.Restart("").toJson())))
                    .isEqualTo("failed");
            awaitEvent("device-restart-failed", "/bin/sh ended with the exit code 7.");
            awaitEvent("log.process-started", "read line");
            awaitEvent("log.process-ended", "/bin/sh ended with the exit code 7.");
        }
    }

    @Test
    void whatTheOwnersPolicyNoLongerPermitsNoNewStreamDoes() throws Exception {
        Opening opening =
                opening(Operations.FILE_READ, Operations.FILE_WRITE, Operations.PROCESS_VIEW, Operations.POWER);
        try (Session session = opening.session()) {
            assertThat(error(open(session, Service.FILE, makeFolder("before")))).isEqualTo("none");
            policy(own + ",\"operations\":[\"file-read\",\"process-view\"]");
            Collected late = open(session, Service.FILE, makeFolder("after"));
            Collected restart = open(session, Service.SYSTEM, new SystemRequest.Restart("").toJson());
            assertThat(error(late)).isEqualTo("not-permitted");
            assertThat(error(restart)).isEqualTo("not-permitted");
            awaitEvent("stream-refused", "not permitted: file-write");
            Collected list = open(session, Service.FILE, new FileRequest.List(path("before")).toJson());
            assertThat(error(list)).isEqualTo("none");
            assertThat(folder.resolve("before")).exists();
            assertThat(folder.resolve("after")).doesNotExist();
            assertThat(restarted).doesNotExist();
            policy(own);
            assertThat(error(open(session, Service.FILE, makeFolder("again"))))
                    .as("what is permitted again is for the next session")
                    .isEqualTo("not-permitted");
        }
    }

    @Test
    void whatTheOwnersPolicyNoLongerPermitsEnds() throws Exception {
        Opening opening = opening(Operations.TERMINAL, Operations.PROCESS_VIEW, Operations.PROCESS_MANAGE);
        try (Session session = opening.session()) {
            Collected terminal = open(session, Service.TERMINAL, SIZE);
            Collected program = open(session, Service.SYSTEM, start("echo on; exec sleep 300", Optional.empty()));
            await(() -> !terminal.text().isEmpty() && program.text().contains("on"));
            device.state().folder().write(PolicyFile.NAME, "{");
            TimeUnit.MILLISECONDS.sleep(2_500);
            assertThat(terminal.end).as("it is perhaps just being written").isNotDone();
            policy(own + ",\"operations\":[\"process-view\"]");
            assertThat(terminal.end.get(5, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
            assertThat(program.end.get(5, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
            assertThat(session.isRunning()).isTrue();
        }
    }

    @Test
    void aProgramEndsWithTheRightThoughOthersKeepItsStream() throws Exception {
        Opening opening = opening(Operations.PROCESS_VIEW, Operations.PROCESS_MANAGE);
        try (Session session = opening.session()) {
            Collected program = open(session, Service.SYSTEM, start("echo pid=$$.; exec sleep 300", Optional.empty()));
            await(() -> program.text().contains("."));
            long pid = Long.parseLong(program.text().replaceAll("(?s).*pid=(\\d+)\\..*", "$1"));
            assertThat(ProcessHandle.of(pid)).isPresent();
            renew(opening, 2, Operations.of(Operations.PROCESS_VIEW), opening.ticket.sessionExpires);
            assertThat(program.end.get(5, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
            await(() -> ProcessHandle.of(pid).isEmpty());
            awaitEvent("log.process-ended", "\"pid\":" + pid);
            assertThat(session.isRunning()).isTrue();
        }
    }

    @Test
    void anotherAccountIsForWhoHasRootsAlone() throws Exception {
        assumeThat(AccountDirectory.ownUid()).as("only root can be another").isZero();
        try (Session session = opening(Operations.PROCESS_MANAGE).session()) {
            Collected other = open(session, Service.SYSTEM, start("id -un", Optional.of("nobody")));
            assertThat(other.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.DONE);
            assertThat(other.text()).contains("nobody");
            policy(own + ",\"accounts\":[\"root\"]");
            Collected forbidden = open(session, Service.SYSTEM, start("id -un", Optional.of("nobody")));
            assertThat(forbidden.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.FAILED);
            awaitEvent("stream-refused", "does not allow the account nobody");
        }
    }

    @Test
    void aProgramEndsWhenItsAccountIsNoLongerAllowed() throws Exception {
        assumeThat(AccountDirectory.ownUid()).as("only root can be another").isZero();
        try (Session session = opening(Operations.PROCESS_MANAGE).session()) {
            Collected other = open(session, Service.SYSTEM, start("echo on; exec sleep 300", Optional.of("nobody")));
            Collected same = open(session, Service.SYSTEM, start("echo on; exec sleep 300", Optional.empty()));
            await(() -> other.text().contains("on") && same.text().contains("on"));
            policy(own + ",\"accounts\":[\"root\"]");
            assertThat(other.end.get(5, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
            assertThat(same.end).isNotDone();
            assertThat(session.isRunning()).isTrue();
        }
    }

    @Test
    void aSessionEndsWhenItsAccountIsNoLongerAllowed() throws Exception {
        try (Session session = opening(Operations.TERMINAL).session()) {
            Collected terminal = open(session, Service.TERMINAL, SIZE);
            await(() -> !terminal.text().isEmpty());
            policy(own + ",\"accounts\":[\"somebody-else\"]");
            SessionEnd end = session.ended().get(5, TimeUnit.SECONDS);
            assertThat(end.reason()).isEqualTo(EndReason.NOT_PERMITTED);
            assertThat(end.text()).contains("does not allow the account " + account);
            awaitEvent("session-ended", "does not allow the account");
        }
    }

    @Test
    void aSessionOfRootEndsWhenRootIsNoLongerAllowed() throws Exception {
        assumeThat(AccountDirectory.ownUid()).isZero();
        try (Session session = opening(Operations.TERMINAL).session()) {
            Collected terminal = open(session, Service.TERMINAL, SIZE);
            await(() -> !terminal.text().isEmpty());
            device.state().folder().write(PolicyFile.NAME, "{\"allowRoot\":false}");
            SessionEnd end = session.ended().get(5, TimeUnit.SECONDS);
            assertThat(end)
                    .isEqualTo(
                            new SessionEnd(EndReason.NOT_PERMITTED, true, "the device's policy does not allow root"));
        }
    }

    @Test
    void anAccountThatIsNotRootStartsNothingAsAnother() throws Exception {
        assumeThat(AccountDirectory.ownUid()).as("only root can be another").isZero();
        Operations manage = Operations.of(Operations.PROCESS_MANAGE);
        Opening opening = new Opening(manage, ticket -> {
            ticket.operations = manage;
            ticket.account = "nobody";
        });
        try (Session session = opening.session()) {
            Collected own = open(session, Service.SYSTEM, start("id -un", Optional.of("nobody")));
            assertThat(own.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.DONE);
            assertThat(own.text()).contains("nobody");
            Collected root = open(session, Service.SYSTEM, start("id -un", Optional.of("root")));
            assertThat(root.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.FAILED);
            assertThat(root.text()).isEmpty();
            awaitEvent("stream-refused", "cannot start something as another one");
        }
    }

    @Test
    void foldersNamesAndDeletionsAreLogged() throws Exception {
        Files.writeString(folder.resolve("file"), "x");
        try (Session session =
                opening(Operations.FILE_READ, Operations.FILE_WRITE).session()) {
            assertThat(error(open(session, Service.FILE, makeFolder("new")))).isEqualTo("none");
            assertThat(error(open(
                            session,
                            Service.FILE,
                            new FileRequest.Rename(path("file"), path("other"), false).toJson())))
                    .isEqualTo("none");
            assertThat(error(open(session, Service.FILE, new FileRequest.Delete(path("other"), false).toJson())))
                    .isEqualTo("none");
            awaitEvent("log.file", "{\"direction\":\"mkdir\",\"path\":\"" + folder + "/new\"");
            awaitEvent(
                    "log.file", "{\"direction\":\"rename\",\"path\":\"" + folder + "/file -> " + folder + "/other\"");
            awaitEvent("log.file", "{\"direction\":\"delete\",\"path\":\"" + folder + "/other\"");
            assertThat(folder.resolve("new")).isDirectory();
            assertThat(folder.resolve("file")).doesNotExist();
            assertThat(folder.resolve("other")).doesNotExist();
        }
    }
}
