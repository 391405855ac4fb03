package org.bascule.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import jakarta.transaction.UserTransaction;
import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.assertj.core.api.Assertions;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditFilter;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.AuditReader;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.directory.FolderQuery;
import org.bascule.domain.directory.Folders;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.identity.SignIn;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.pki.Signers;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.SessionId;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.RelayProof;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.Testable;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.EmptyAsset;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** The EAR as it is delivered, on Payara Server with MariaDB: what only a container shows (transactions, data sources, injection across modules). */
@ArquillianTest
class EarIT {

    @Inject
    Identities identities;

    @Inject
    Folders folders;

    @Inject
    AuditLog audit;

    @Inject
    AuditReader log;

    @Inject
    UserTransaction transaction;

    @Inject
    Signers signers;

    @Inject
    Settings settings;

    @Resource(lookup = "jdbc/bascule")
    DataSource database;

    @Deployment
    static EnterpriseArchive ear() throws Exception {
        EnterpriseArchive ear = ShrinkWrap.create(ZipImporter.class, "bascule.ear")
                .importFrom(new File("../ear/app/target/bascule.ear"))
                .as(EnterpriseArchive.class);
        WebArchive tests = ShrinkWrap.create(WebArchive.class, "tests.war")
                .addClasses(EarIT.class, NobodySignsIn.class)
                .addAsLibrary(jarOf(Assertions.class))
                .addAsWebInfResource(EmptyAsset.INSTANCE, "beans.xml");
        ear.addAsModule(Testable.archiveToTest(tests));
        String descriptor = new String(
                ear.get("META-INF/application.xml").getAsset().openStream().readAllBytes(), StandardCharsets.UTF_8);
        ear.delete("META-INF/application.xml");
        ear.setApplicationXML(
                new StringAsset(
                        descriptor.replace(
                                "<library-directory>",
                                "<module><web><web-uri>tests.war</web-uri><context-root>/tests</context-root></web></module><library-directory>")));
        return ear;
    }

    private static File jarOf(Class<?> type) throws URISyntaxException {
        return new File(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private DomainReference demo() {
        return identities.domainOfName("demo").orElseThrow();
    }

    private Caller someoneOf(DomainReference domain, String subject) throws RefusedException {
        return identities.signIn(new SignIn(domain.issuer(), subject, "someone", "127.0.0.1", null, null));
    }

    @Test
    void theBootstrapFileMadeTheDomains() {
        assertThat(identities.domains()).extracting(DomainReference::name).contains("demo", "other");
    }

    @Test
    void anUnknownUserSeesNothing() throws RefusedException {
        Caller caller = someoneOf(demo(), UUID.randomUUID().toString());
        assertThat(folders.list(caller, FolderQuery.top(Cursor.first(50))).items())
                .isEmpty();
    }

    @Test
    void aSubjectOfOneDomainIsRefusedInAnother() throws RefusedException {
        String subject = UUID.randomUUID().toString();
        someoneOf(demo(), subject);
        DomainReference other = identities.domainOfName("other").orElseThrow();
        assertThatThrownBy(() -> someoneOf(other, subject)).isInstanceOf(RefusedException.class);
    }

    @Test
    void anAuditRecordSharesTheFateOfItsTransaction() throws Exception {
        DomainReference demo = demo();
        String mark = "mark-" + UUID.randomUUID();
        AuditEvent event =
                AuditEvent.of(demo.id(), new Actor(null, mark, "127.0.0.1"), Operation.FOLDER_CREATED, Outcome.SUCCESS);
        transaction.begin();
        audit.record(event);
        transaction.rollback();
        assertThat(records(demo, mark)).isZero();
        transaction.begin();
        audit.record(event);
        transaction.commit();
        assertThat(records(demo, mark)).isEqualTo(1);
    }

    private long records(DomainReference domain, String text) throws RefusedException {
        return records(domain, new AuditFilter(null, null, text, null, null, null, null));
    }

    private long records(DomainReference domain, AuditFilter filter) throws RefusedException {
        return log.slice(domain.id(), filter, Cursor.first(200)).items().size();
    }

    /** The application's account can neither rewrite the audit log nor change the schema. */
    @Test
    void theApplicationsAccountCannotRewriteHistory() throws SQLException {
        for (String statement : List.of(
                "update bascule_audit.audit_event set detail = 'x'",
                "delete from bascule_audit.audit_event",
                "truncate table bascule_audit.audit_event",
                "drop table bascule_audit.audit_event",
                "alter table bascule.resource add column x int",
                "create table bascule.x (id int)",
                "grant all on *.* to current_user()")) {
            try (Connection connection = database.getConnection();
                    Statement sql = connection.createStatement()) {
                assertThatThrownBy(() -> sql.execute(statement)).as(statement).isInstanceOf(SQLException.class);
            }
        }
    }

    @Test
    void aRefusedAttemptIsRecordedThoughItsTransactionIsNot() throws Exception {
        DomainReference demo = demo();
        Caller caller = someoneOf(demo, UUID.randomUUID().toString());
        assertThat(folders.list(caller, FolderQuery.top(Cursor.first(50))).items())
                .isEmpty();
        long before = recordsOf(demo, caller);
        Optional<String> root = rootFolder(demo);
        assertThatThrownBy(() -> folders.create(caller, root.orElseThrow(), "forbidden", null))
                .isInstanceOf(RefusedException.class);
        assertThat(recordsOf(demo, caller)).isGreaterThan(before);
    }

    /** As many as there are connections are refused at the same moment, each with a transaction that keeps one: none waits for another's. */
    @Test
    void aCrowdIsRefusedAndEachIsRecorded() throws Exception {
        DomainReference demo = demo();
        int crowd = 20;
        CyclicBarrier refused = new CyclicBarrier(crowd);
        Map<Caller, Long> before = new HashMap<>();
        List<Future<?>> answers = new ArrayList<>();
        for (int i = 0; i < crowd; i++) {
            Caller caller = someoneOf(demo, UUID.randomUUID().toString());
            before.put(caller, recordsOf(demo, caller));
        }
        ExecutorService threads = Executors.newFixedThreadPool(crowd);
        try {
            for (Caller caller : before.keySet()) {
                answers.add(threads.submit(() -> {
                    transaction.begin();
                    try {
                        audit.record(caller.did(Operation.ACCESS, Outcome.SUCCESS));
                        refused.await(30, TimeUnit.SECONDS);
                        audit.recordRefused(caller.did(Operation.ACCESS, Outcome.DENIED));
                    } finally {
                        transaction.rollback();
                    }
                    return caller;
                }));
            }
            for (Future<?> answer : answers) {
                answer.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        for (Caller caller : before.keySet()) {
            assertThat(recordsOf(demo, caller)).isEqualTo(before.get(caller) + 1);
        }
    }

    /** The relay within the application, switched on by {@code payara-configure.sh}: two ends that the access server admits meet there. */
    @Test
    void theRelayWithinPairsTwoEnds() throws Exception {
        waitForTheRelay();
        SessionId sid = SessionId.random();
        try (RelayEnd client = new RelayEnd(sid);
                RelayEnd device = new RelayEnd(sid)) {
            client.prove(token(sid, RelayRole.CLIENT, client.proof));
            assertThat(client.next()).isEqualTo("waiting");
            device.prove(token(sid, RelayRole.DEVICE, device.proof));
            assertThat(device.next()).isEqualTo("paired");
            assertThat(client.next()).isEqualTo("paired");
            client.socket.sendBinary(ByteBuffer.wrap(new byte[] {1, 2, 3}), true);
            assertThat(device.next()).isEqualTo(new byte[] {1, 2, 3});
            device.socket.sendBinary(ByteBuffer.wrap(new byte[] {4}), true);
            assertThat(client.next()).isEqualTo(new byte[] {4});
        }
    }

    /** It asks for the key set of the installation, from the listeners that open with the application. */
    private void waitForTheRelay() throws Exception {
        HttpRequest ready = HttpRequest.newBuilder(URI.create(settings.publicUrl() + "/health/ready"))
                .timeout(Duration.ofSeconds(10))
                .build();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            String answer = HttpClient.newHttpClient()
                    .send(ready, HttpResponse.BodyHandlers.ofString())
                    .body();
            if (answer.contains("bascule-relay") && !answer.contains("no key set")) {
                return;
            }
            assertThat(System.nanoTime()).as(answer).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static final String RELAY = "relay-0";

    /** Signed by the access server, which can from when the key set is in force. */
    private RelayToken token(SessionId sid, RelayRole role, RelayProofKey proof) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        return new RelayToken(
                RELAY,
                sid,
                role,
                0,
                now,
                now.plus(RelayToken.VALIDITY),
                UUID.randomUUID().toString(),
                proof.publicKey(),
                "tag");
    }

    /** One end's connection, as it comes. */
    private final class RelayEnd implements WebSocket.Listener, AutoCloseable {
        final RelayProofKey proof = RelayProofKey.generate();
        final BlockingQueue<Object> came = new LinkedBlockingQueue<>();
        final WebSocket socket;

        RelayEnd(SessionId sid) throws Exception {
            String url = settings.publicUrl();
            socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create(url.replace("http", "ws") + "/relay/v1/" + sid.hex()), this)
                    .get(10, TimeUnit.SECONDS);
        }

        void prove(RelayToken token) throws Exception {
            socket.sendText(signed(token), true).get(10, TimeUnit.SECONDS);
            byte[] nonce = (byte[]) next();
            byte[] answer = proof.sign(RelayProof.signedBytes(RELAY, nonce, token.sid(), token.role()));
            socket.sendBinary(ByteBuffer.wrap(answer), true).get(10, TimeUnit.SECONDS);
        }

        private String signed(RelayToken token) throws Exception {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (true) {
                try {
                    return signers.sign(token);
                } catch (RefusedException e) {
                    assertThat(System.nanoTime()).as("the key set is in force").isLessThan(deadline);
                    TimeUnit.MILLISECONDS.sleep(100);
                }
            }
        }

        Object next() throws Exception {
            Object event = came.poll(20, TimeUnit.SECONDS);
            assertThat(event).as("something comes").isNotNull();
            return event;
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
            came.add(text.toString());
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer bytes, boolean last) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            came.add(copy);
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            came.add("closed " + code);
            return null;
        }

        @Override
        public void close() {
            socket.abort();
        }
    }

    private long recordsOf(DomainReference domain, Caller caller) throws RefusedException {
        return records(domain, new AuditFilter(null, null, null, null, null, caller.userId(), null));
    }

    private Optional<String> rootFolder(DomainReference domain) throws SQLException {
        try (Connection connection = database.getConnection();
                var sql = connection.prepareStatement("select id from resource where root_of = ?")) {
            sql.setString(1, domain.id());
            try (var rows = sql.executeQuery()) {
                return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
            }
        }
    }
}
