package org.bascule.agent.assist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bascule.agent.MutableClock;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.ReportMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AssistanceSenderTest {

    private final MutableClock clock = new MutableClock(Instant.parse("2026-03-01T12:00:00Z"));
    private final List<ControlMessage> sent = new ArrayList<>();
    private boolean online;
    private int written;
    private AssistanceFolder folder;
    private AssistanceSender sender;
    private Path path;

    @BeforeEach
    void open(@TempDir Path temporary) throws Exception {
        path = temporary.resolve("state");
        folder = AssistanceFolder.in(StateFolder.create(path));
        sender = started();
    }

    private AssistanceSender started() {
        return new AssistanceSender(folder, clock, message -> online && sent.add(message));
    }

    private ReportMessage.Assist ask(String text) throws Exception {
        ReportMessage.Assist request = new ReportMessage.Assist(
                UUID.randomUUID().toString(),
                text,
                Optional.of("Ada"),
                Optional.empty(),
                Optional.empty(),
                clock.instant());
        folder.ask(request);
        // two requests within the file system's resolution are not what is tested here
        Files.setLastModifiedTime(path.resolve("assistance/request.json"), FileTime.fromMillis(1_000L * ++written));
        return request;
    }

    @Test
    void requestIsSentAgainUntilItIsAnswered() throws Exception {
        ReportMessage.Assist request = ask("stuck");
        sender.look();
        assertThat(sent).isEmpty();
        assertThat(folder.mayAsk()).isTrue();
        online = true;
        sender.look();
        sender.look();
        assertThat(sent).containsExactly(request);
        assertThat(folder.isSent()).isTrue();
        assertThat(folder.mayAsk()).isFalse();
        clock.advance(AssistanceSender.AGAIN);
        sender.look();
        assertThat(sent).hasSize(2);
        sender.told(new ReportMessage.AssistState(request.id(), "open", ""));
        clock.advance(AssistanceSender.AGAIN);
        sender.look();
        assertThat(sent).hasSize(2);
        assertThat(folder.told()).get().extracting(AssistanceFolder.Told::state).isEqualTo("open");
    }

    @Test
    void requestThatTookThePlaceOfOneThatWasNeverSentIsSentAlone() throws Exception {
        ask("stuk");
        sender.look();
        ReportMessage.Assist right = ask("stuck");
        online = true;
        sender.look();
        assertThat(sent).containsExactly(right);
    }

    @Test
    void agentThatBeginsAnewGoesOnWithAnUnansweredRequest() throws Exception {
        ReportMessage.Assist request = ask("stuck");
        online = true;
        sender = started();
        sender.connected();
        sender.look();
        assertThat(sent).containsExactly(request);
    }

    @Test
    void stateIsAskedForAtANewChannelUntilItIsOver() throws Exception {
        ReportMessage.Assist request = ask("stuck");
        online = true;
        sender.look();
        sender.told(new ReportMessage.AssistState(request.id(), "taken", "Bob"));
        sender.connected();
        sender.look();
        assertThat(sent).hasSize(2);
        sender.told(new ReportMessage.AssistState(request.id(), "closed", "done"));
        sender.connected();
        sender.look();
        assertThat(sent).hasSize(2);
        assertThat(folder.told())
                .get()
                .extracting(AssistanceFolder.Told::detail)
                .isEqualTo("done");
    }

    @Test
    void nextRequestIsNoticedAndAnswersToAnotherAreNot() throws Exception {
        ReportMessage.Assist first = ask("stuck");
        online = true;
        sender.look();
        sender.told(new ReportMessage.AssistState(first.id(), "closed", ""));
        ReportMessage.Assist second = ask("stuck again");
        assertThat(folder.told()).isEmpty();
        sender.told(new ReportMessage.AssistState(first.id(), "expired", ""));
        assertThat(folder.told()).isEmpty();
        sender.look();
        assertThat(sent).containsExactly(first, second);
    }

    @Test
    void damagedFilesAreNoRequest() throws Exception {
        Files.writeString(path.resolve("assistance/request.json"), "{\"type\":\"assist\"");
        online = true;
        sender.look();
        sender.connected();
        sender.look();
        assertThat(sent).isEmpty();
        assertThat(folder.request()).isEmpty();
        assertThat(folder.told()).isEmpty();
    }
}
