package org.bascule.domain.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bascule.domain.access.AccessRequests;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.assistance.Assistance;
import org.bascule.domain.configuration.IdentitySettings;
import org.bascule.domain.configuration.IdentitySettings.Mail;
import org.bascule.domain.device.DeviceStore;
import org.bascule.domain.directory.DeviceAssistance;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.lifecycle.HardwareBindings;
import org.bascule.domain.lifecycle.HardwareBindings.Holder;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.mail.NoticeSender;
import org.bascule.domain.mail.Notices;
import org.bascule.domain.options.DomainOptions;
import org.bascule.domain.options.Options;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.control.ReportMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NotificationsTest {

    private static final String DAY = "day@plant.example";
    private static final String NIGHT = "night@plant.example";

    private GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private TestDomain domain;
    private Sample sample;
    private Caller owner;

    @BeforeEach
    void start() throws Exception {
        server.start();
        domain = new TestDomain().with(mail()).started();
        sample = new Sample(domain);
        owner = sample.owner();
        for (String table : List.of("notice", "notification")) {
            domain.sql.acrossDomains().statement("delete from " + table).update();
        }
        addresses(DAY, NIGHT);
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private IdentitySettings mail() {
        return new IdentitySettings(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Mail(
                        "127.0.0.1",
                        server.getSmtp().getPort(),
                        Mail.Encryption.NONE,
                        "bascule@example.com",
                        Optional.empty(),
                        Optional.empty())));
    }

    private void addresses(String... addresses) throws Exception {
        Options options = domain.get(Options.class);
        DomainOptions wanted =
                new DomainOptions(false, false, DomainOptions.DEFAULT.assistance(), List.of(addresses), null, 730);
        domain.transactions.inNew(
                () -> options.change(owner, options.read(owner).revision(), wanted));
    }

    private void alarm(String uid) {
        domain.transactions.run(() ->
                domain.get(Notifications.class).alarm(new LiveEvent.DeviceAlarm(sample.id, uid, "hardware-changed")));
    }

    private void sweep() {
        domain.get(Notifications.class).sweep();
        domain.get(NoticeSender.class).sweep();
    }

    private List<String> mails(String address) {
        return Stream.of(server.getReceivedMessages())
                .filter(mail -> recipient(mail).equals(address))
                .map(NotificationsTest::text)
                .toList();
    }

    private static String recipient(MimeMessage mail) {
        try {
            assertThat(mail.getAllRecipients()).hasSize(1);
            return mail.getAllRecipients()[0].toString();
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(MimeMessage mail) {
        try {
            return mail.getContent().toString().replace("\r\n", "\n");
        } catch (MessagingException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private long rows(String table) {
        return domain.sql
                .in(sample.id)
                .statement("select count(*) from " + table + " where domain_id = :domain")
                .number();
    }

    private void name(String uid, String name) {
        domain.sql
                .in(sample.id)
                .statement("update resource set name = :name where domain_id = :domain and id = :id")
                .set("name", name)
                .set("id", uid)
                .update();
    }

    @Test
    void requestForHelpIsToldToEachAddressAndNotWhatThePersonWrote() throws Exception {
        TestAgent agent = TestAgent.enrolled(domain, owner, sample.root);
        name(agent.uid(), "pump 7");
        TestAgent.Socket socket = agent.online();
        domain.transactions.run(
                () -> domain.get(Assistance.class).allow(owner, agent.uid(), 0, new DeviceAssistance(true, null)));
        socket.receive(new ReportMessage.Assist(
                UUID.randomUUID().toString(),
                "The press is stuck",
                Optional.of("Ada"),
                Optional.of("+43 1 23"),
                Optional.of("ada@example.org"),
                domain.clock.instant()));
        assertThat(socket.sent(ReportMessage.AssistState.class).state()).isEqualTo("open");
        sweep();

        assertThat(mails(DAY)).isEqualTo(mails(NIGHT)).singleElement().satisfies(text -> assertThat(text)
                .contains(
                        sample.name,
                        "help is asked for at the device \"pump 7\"\n  " + TestDomain.PUBLIC_URL + "/assistance\n",
                        "Am Gerät \"pump 7\" wird um Hilfe gebeten\n")
                .doesNotContain("stuck", "Ada", "ada@", "+43", "times"));
        assertThat(server.getReceivedMessages()[0].getSubject())
                .isEqualTo("Bascule: somebody is needed / Bascule: jemand wird gebraucht");
        assertThat(rows("notification") + rows("notice")).isZero();
        sweep();
        assertThat(server.getReceivedMessages()).hasSize(2);
    }

    @Test
    void requestForAccessIsToldAndItsDecisionIsNot() throws Exception {
        String device = sample.device(sample.root, "press");
        Caller engineer = sample.user("engineer");
        sample.entry(sample.root, engineer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        AccessRequests requests = domain.get(AccessRequests.class);
        String id = domain.transactions
                .inNew(() -> requests.create(
                        engineer,
                        device,
                        Set.of(Permission.TERMINAL),
                        "replace the pump",
                        domain.clock.instant().plus(Duration.ofHours(2))))
                .id();
        domain.transactions.inNew(() -> requests.reject(owner, id, "no"));
        sweep();
        assertThat(mails(DAY)).singleElement().satisfies(text -> assertThat(text)
                .contains("access to \"press\" is asked for\n  " + TestDomain.PUBLIC_URL + "/requests\n")
                .doesNotContain("replace", "engineer", "times"));
    }

    @Test
    void alarmsOfDevicesAreTold() throws Exception {
        TestAgent agent = TestAgent.enrolled(domain, owner, sample.root);
        name(agent.uid(), "pump 7");
        String page = "\n  " + TestDomain.PUBLIC_URL + "/devices/" + agent.uid() + "\n";
        domain.get(HardwareBindings.class)
                .alarm(new Holder(sample.id, agent.uid(), "pump 7", sample.root, false, true), "192.0.2.1");
        DeviceStore store = domain.get(DeviceStore.class);
        domain.transactions.run(() -> store.quarantine(store.find(agent.uid()).orElseThrow(), "192.0.2.1"));
        alarm(agent.uid());
        sweep();
        assertThat(mails(DAY)).singleElement().satisfies(text -> assertThat(text)
                .contains(
                        "somebody tried to register the machine of the device \"pump 7\" again" + page,
                        "the device \"pump 7\" was seen twice at the same time and is quarantined" + page,
                        "the device \"pump 7\" came from another machine and was refused" + page)
                .doesNotContain("192.0.2.1"));
    }

    @Test
    void nobodysMailboxIsFlooded() {
        String loud = sample.device(sample.root, "loud");
        List<String> others = Stream.generate(() -> sample.device(sample.root, "other"))
                .limit(25)
                .toList();
        Duration watched = Duration.ofMinutes(30);
        for (Duration since = Duration.ZERO; since.compareTo(watched) < 0; since = since.plusSeconds(30)) {
            alarm(loud);
            domain.get(Notifications.class).sweep();
            others.forEach(this::alarm);
            sweep();
            assertThat(rows("notification")).isZero();
            assertThat(rows("notice")).isLessThanOrEqualTo(2);
            domain.clock.advance(Duration.ofSeconds(30));
        }
        assertThat(mails(DAY)).isEqualTo(mails(NIGHT)).hasSize(3);
        assertThat(mails(DAY).get(0)).contains("\"loud\" came from another machine and was refused\n", "and 6 more");
        assertThat(mails(DAY).get(1))
                .contains("\"loud\" came from another machine and was refused (20 times, this was the last)\n");
        assertThat(mails(DAY)).allSatisfy(text -> assertThat(text.length()).isLessThan(10_000));
    }

    @Test
    void whatIsTakenBackIsNotTold() {
        String device = sample.device(sample.root, "press");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> domain.transactions.run(() -> {
                    domain.get(Notifications.class)
                            .alarm(new LiveEvent.DeviceAlarm(sample.id, device, "hardware-changed"));
                    throw new IllegalStateException("taken back");
                }));
        sweep();
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    void whatWaitsGoesToTheNewAddressesOnly() throws Exception {
        int port = server.getSmtp().getPort();
        server.stop();
        alarm(sample.device(sample.root, "press"));
        sweep();
        alarm(sample.device(sample.root, "saw"));
        addresses("new@plant.example", "NIGHT@plant.example");
        server = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();
        sweep();
        for (int minutes = 0; minutes < 20; minutes += 2) {
            domain.clock.advance(Duration.ofMinutes(2));
            sweep();
        }
        assertThat(mails(DAY)).isEmpty();
        for (String address : List.of("new@plant.example", NIGHT)) {
            assertThat(mails(address)).as(address).singleElement().satisfies(text -> assertThat(text)
                    .contains("\"press\"", "\"saw\""));
        }

        alarm(sample.device(sample.root, "drill"));
        domain.get(Notifications.class).sweep();
        addresses();
        domain.clock.advance(Duration.ofHours(1));
        sweep();
        assertThat(server.getReceivedMessages()).hasSize(2);
        assertThat(rows("notification") + rows("notice")).isZero();
    }

    @Test
    void aServerThatIsAwayGetsOneMailForEachAddressWhenItIsBack() {
        int port = server.getSmtp().getPort();
        server.stop();
        for (int hour = 0; hour < 5; hour++) {
            alarm(sample.device(sample.root, "press " + hour));
            sweep();
            domain.clock.advance(Duration.ofHours(1));
        }
        assertThat(rows("notice")).isEqualTo(2);
        server = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();
        domain.clock.advance(Duration.ofHours(3));
        sweep();
        assertThat(mails(DAY)).isEqualTo(mails(NIGHT)).singleElement().satisfies(text -> assertThat(text)
                .contains("\"press 0\"", "\"press 4\""));
    }

    @Test
    void whatIsAddedWhileAMailIsSentGoesWithALaterOne() {
        alarm(sample.device(sample.root, "press"));
        domain.get(Notifications.class).sweep();
        Notices notices = domain.get(Notices.class);
        Notices.Due due =
                domain.transactions.inNew(() -> notices.take(Set.of())).orElseThrow();
        assertThat(due.digest()).isNotNull();
        alarm(sample.device(sample.root, "saw"));
        domain.get(Notifications.class).sweep();
        domain.transactions.run(() -> notices.done(due));
        domain.clock.advance(Duration.ofMinutes(11));
        sweep();
        assertThat(mails(due.address() == null ? "" : due.address()))
                .singleElement()
                .satisfies(text -> assertThat(text).contains("\"saw\"").doesNotContain("\"press\""));

        alarm(sample.device(sample.root, "drill"));
        sweep();
        assertThat(mails(DAY)).as("the pace counts from the mail that was sent").hasSize(1);
        domain.clock.advance(Duration.ofMinutes(11));
        sweep();
        assertThat(mails(DAY)).hasSize(2);
    }

    @Test
    void namesDoNothingInAMail() {
        String device = sample.device(sample.root, "x");
        name(device, "a\r\nBcc: x@evil.example\r\n\r\n<b>\u202Egpj.exe\u2066{0}\u0007" + "y".repeat(120));
        alarm(device);
        sweep();
        assertThat(mails(DAY)).singleElement().satisfies(text -> assertThat(text)
                .contains("\"aBcc: x@evil.example<b>gpj.exe{0}y")
                .doesNotContain("\u202E", "\u2066", "\u0007", "y".repeat(100)));
        assertThat(server.getReceivedMessages()).hasSize(2);
    }

    @Test
    void nodesTellTheSameOnce() throws Exception {
        TestDomain other = domain.restarted().with(mail());
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 10; round++) {
                for (int device = 0; device < 3; device++) {
                    alarm(sample.device(sample.root, "device " + round + "/" + device));
                }
                List<Callable<Boolean>> nodes = Stream.of(domain, other)
                        .map(node -> (Callable<Boolean>) () -> {
                            node.get(Notifications.class).sweep();
                            node.get(NoticeSender.class).sweep();
                            return true;
                        })
                        .toList();
                for (Future<Boolean> swept : threads.invokeAll(nodes, 60, TimeUnit.SECONDS)) {
                    assertThat(swept.get()).isTrue();
                }
                sweep();
                assertThat(rows("notification")).isZero();
                domain.clock.advance(Notices.PACE);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(mails(DAY)).hasSize(10);
        for (int round = 0; round < 10; round++) {
            for (int device = 0; device < 3; device++) {
                String named = "the device \"device " + round + "/" + device + "\" came";
                assertThat(mails(DAY).stream().filter(text -> text.contains(named)))
                        .as(named)
                        .hasSize(1);
            }
        }
    }

    @Test
    void nothingIsKeptWhereNobodyIsTold() throws Exception {
        String device = sample.device(sample.root, "press");
        alarm(device);
        addresses();
        alarm(device);
        assertThat(rows("notification")).isOne();
        sweep();
        assertThat(rows("notification") + rows("notice")).isZero();

        addresses(DAY);
        TestDomain silent = domain.restarted();
        silent.transactions.run(() -> silent.get(Notifications.class)
                .alarm(new LiveEvent.DeviceAlarm(sample.id, device, "hardware-changed")));
        assertThat(rows("notification")).isZero();
        alarm(device);
        silent.get(Notifications.class).sweep();
        assertThat(rows("notification") + rows("notice")).isZero();
    }

    @Test
    void aDeviceThatIsGoneIsNotTold() {
        alarm(domain.ids.next());
        sweep();
        assertThat(server.getReceivedMessages()).isEmpty();
        assertThat(rows("notification") + rows("notice")).isZero();
    }

    @Test
    void rowsGoWithTheirDomain() {
        String device = sample.device(sample.root, "press");
        alarm(device);
        domain.get(Notifications.class).sweep();
        alarm(device);
        assertThat(List.of(rows("notification"), rows("notice"))).containsExactly(1L, 2L);
        assertThat(domain.sql
                        .acrossDomains()
                        .statement("select count(*) from information_schema.referential_constraints"
                                + " where constraint_schema = 'bascule' and table_name in ('notification', 'notice')"
                                + " and referenced_table_name = 'domain' and delete_rule = 'CASCADE'")
                        .number())
                .isEqualTo(2);
    }
}
