package org.bascule.domain.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bascule.domain.configuration.IdentitySettings;
import org.bascule.domain.configuration.IdentitySettings.Mail;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Notices to addresses that are known here; those that the realm knows are tested with a real one (MailIT). */
class NoticesTest {

    private static final Instant DONE = Instant.parse("2026-03-01T10:15:00Z");
    private static final String FORMER = "anna@old.example";

    private final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private TestDomain domain;
    private Sample sample;

    @BeforeEach
    void start() throws IOException {
        server.start();
        domain = domain(Mail.Encryption.NONE, server.getSmtp().getPort(), Optional.empty());
        sample = new Sample(domain);
        domain.sql.acrossDomains().statement("delete from notice").update();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private static TestDomain domain(Mail.Encryption encryption, int port, Optional<String> password)
            throws IOException {
        Optional<Path> file = Optional.empty();
        if (password.isPresent()) {
            file = Optional.of(Files.createTempFile(Path.of("target"), "mail", ".password"));
            Files.writeString(file.get(), password.get() + "\n");
        }
        return new TestDomain()
                .with(new IdentitySettings(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new Mail(
                                "127.0.0.1",
                                port,
                                encryption,
                                "bascule@example.com",
                                password.map(any -> "sender"),
                                file))))
                .started();
    }

    private void addTo(Sample of, String address) {
        domain.transactions.inNew(() -> {
            domain.get(Notices.class).addTo(address, of.id, Notice.ADDRESS_CHANGED, domain.ids.next(), "anna", DONE);
            return true;
        });
        domain.clock.advance(Duration.ofSeconds(1));
    }

    @Test
    void oneWhoCannotBeToldHoldsUpNobody() throws Exception {
        addTo(sample, "no address");
        addTo(sample, FORMER);
        sweep();
        assertThat(server.getReceivedMessages()).hasSize(1);
        assertThat(queued()).isOne();
    }

    @Test
    void noDomainWaitsForAllOfAnotherOnes() throws Exception {
        Sample other = new Sample(domain);
        for (String address : List.of("a@x.example", "b@x.example", "c@x.example")) {
            addTo(sample, address);
        }
        addTo(other, "d@y.example");
        sweep();
        assertThat(Stream.of(server.getReceivedMessages()).map(NoticesTest::recipient))
                .containsExactly("a@x.example", "d@y.example", "b@x.example", "c@x.example");
    }

    private static String recipient(MimeMessage mail) {
        try {
            return mail.getAllRecipients()[0].toString();
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void add(TestDomain node) {
        node.transactions.inNew(() -> {
            node.get(Notices.class)
                    .addTo(FORMER, sample.id, Notice.ADDRESS_CHANGED, node.ids.next(), "anna\r\nBcc: x", DONE);
            return true;
        });
    }

    private long queued() {
        return domain.sql
                .in(sample.id)
                .statement("select count(*) from notice where domain_id = :domain")
                .number();
    }

    private void sweep() {
        domain.get(NoticeSender.class).sweep();
    }

    @Test
    void isInBothLanguagesWhereTheUsersIsNotKnown() throws Exception {
        add(domain);
        sweep();
        MimeMessage mail = server.getReceivedMessages()[0];
        assertThat(mail.getAllRecipients()).singleElement().hasToString(FORMER);
        assertThat(mail.getFrom()).singleElement().hasToString("bascule@example.com");
        assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(mail.getSubject())
                .isEqualTo("Bascule: your e-mail address was changed / Bascule: Ihre E-Mail-Adresse wurde geändert");
        assertThat(mail.getContent().toString())
                .contains(
                        "Hello anna  Bcc: x,",
                        "on 2026-03-01 10:15 UTC.",
                        "am 2026-03-01 10:15 UTC die E-Mail-Adresse",
                        sample.name,
                        TestDomain.PUBLIC_URL);
        assertThat(queued()).isZero();
    }

    @Test
    void isInTheUsersLanguageWhereItIsKnown() {
        NoticeTexts.Text german = NoticeTexts.of(Notice.ACCOUNT_ENDS, "de", "anna", "plant", DONE, "https://x");
        assertThat(german.subject()).isEqualTo("Bascule: Ihr Konto endet");
        assertThat(german.body()).startsWith("Guten Tag anna,").doesNotContain("Hello");
        for (Notice notice : EnumSet.complementOf(EnumSet.of(Notice.NOTIFICATIONS))) {
            assertThat(NoticeTexts.of(notice, "fr", "anna", "plant", DONE, "https://x")
                            .body())
                    .contains("Hello anna,", "Guten Tag anna,", "2026-03-01 10:15 UTC")
                    .doesNotContain("{");
        }
    }

    @Test
    void goesWithTheTransactionThatIsTakenBack() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> domain.transactions.inNew(() -> {
                    domain.get(Notices.class)
                            .addTo(FORMER, sample.id, Notice.ADDRESS_CHANGED, domain.ids.next(), "anna", DONE);
                    throw new IllegalStateException("taken back");
                }));
        sweep();
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    void isSentOnceByTwoNodes() {
        add(domain);
        Notices.Due due = domain.transactions
                .inNew(() -> domain.get(Notices.class).take(Set.of()))
                .orElseThrow();
        assertThat(domain.transactions.inNew(() -> domain.get(Notices.class).take(Set.of())))
                .isEmpty();
        assertThat(due.attempt()).isEqualTo(1);
    }

    @Test
    void waitsForAServerThatIsAwayAndIsGivenUpAfterADay() {
        add(domain);
        int port = server.getSmtp().getPort();
        server.stop();
        sweep();
        assertThat(queued()).isOne();
        sweep();
        assertThat(attempts()).isOne();

        GreenMail back = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        back.start();
        try {
            domain.clock.advance(Duration.ofMinutes(1));
            sweep();
            assertThat(back.getReceivedMessages()).hasSize(1);
        } finally {
            back.stop();
        }

        add(domain);
        Instant began = domain.clock.instant();
        while (queued() > 0) {
            sweep();
            domain.clock.advance(Duration.ofMinutes(10));
        }
        assertThat(Duration.between(began, domain.clock.instant()))
                .isBetween(Duration.ofHours(20), Duration.ofHours(30));
    }

    private long attempts() {
        return domain.sql
                .in(sample.id)
                .statement("select attempts from notice where domain_id = :domain")
                .number();
    }

    @Test
    void isNotSentInTheClearWhereTheConnectionIsToBeEncrypted() throws Exception {
        domain = domain(Mail.Encryption.STARTTLS, server.getSmtp().getPort(), Optional.empty());
        add(domain);
        sweep();
        assertThat(server.getReceivedMessages()).isEmpty();
        assertThat(queued()).isOne();
    }

    @Test
    void theServerIsToldNameAndPassword() throws Exception {
        server.setUser("sender", "sender", "secret-1");
        domain = domain(Mail.Encryption.NONE, server.getSmtp().getPort(), Optional.of("secret-1"));
        add(domain);
        sweep();
        assertThat(GreenMailUtil.getBody(server.getReceivedMessages()[0])).isNotEmpty();
    }

    @Test
    void nothingIsQueuedWhereNothingIsSent() {
        TestDomain silent = new TestDomain();
        add(silent);
        assertThat(queued()).isZero();
    }
}
