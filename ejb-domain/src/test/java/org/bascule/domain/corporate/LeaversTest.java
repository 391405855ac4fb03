package org.bascule.domain.corporate;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.corporate.Way.Ldap;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One domain whose realm fails, with more than a sweep takes, and another one; a real realm is in {@code CorporateIT}. */
class LeaversTest {

    /** More than one sweep reads. */
    private static final int MANY = 201;

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final HttpServer server = server();
    private final TestDomain domain = domain();
    private final Sample failing = new Sample(domain);
    private final Sample other = new Sample(domain);

    private TestDomain domain() {
        try {
            Path secret = Files.writeString(Files.createTempFile(Path.of("target"), "leavers", ".secret"), "secret");
            return new TestDomain()
                    .with(
                            "http://127.0.0.1:" + server.getAddress().getPort(),
                            new Settings.LoginEvents("bascule-server", secret))
                    .started();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Knows nobody in the other realm, and fails for any else. */
    private HttpServer server() {
        try {
            HttpServer made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            made.createContext("/realms/", exchange -> {
                byte[] body = "{\"access_token\":\"t\",\"expires_in\":300}".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            made.createContext("/admin/", exchange -> {
                String path = exchange.getRequestURI().getPath();
                asked.add(path);
                exchange.sendResponseHeaders(path.contains(other.name) ? 404 : 500, -1);
                exchange.close();
            });
            made.start();
            return made;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void stop() {
        server.stop(0);
        // a sweep is of all domains
        domain.sql
                .acrossDomains()
                .statement("update sign_in set ended = :now where domain_id in (:domains)")
                .set("now", domain.clock.instant())
                .set("domains", List.of(failing.id, other.id))
                .update();
    }

    private void signIns(Sample of, List<String> users, @Nullable Instant vouchedUntil) {
        Instant now = domain.clock.instant();
        domain.sql
                .in(of.id)
                .statement(
                        """
                        insert into sign_in (id, domain_id, user_id, client, realm_session, address, since, last_used, idle_seconds, until, vouched_until)
                        values (:id, :domain, :user, 'browser', :id, '192.0.2.7', :now, :now, 36000, :until, :vouched)""")
                .updateEach(users, (row, user) -> row.set("id", domain.ids.next())
                        .set("user", user)
                        .set("now", now)
                        .set("until", now.plus(Duration.ofHours(10)))
                        .set("vouched", vouchedUntil));
    }

    private void directory(Sample of, int users, Duration ago) throws Exception {
        Caller owner = of.owner();
        ProviderView made = domain.transactions.inNew(() -> domain.get(IdentityProviders.class)
                .create(
                        owner,
                        new ProviderChange(
                                "Directory",
                                true,
                                new Ldap("ldap://127.0.0.1:1", "cn=a", "ou=b", null, "uid", false),
                                "secret",
                                List.of(),
                                null)));
        List<String> ids = IntStream.range(0, users)
                .mapToObj(i -> of.user("user-" + i).userId())
                .toList();
        domain.transactions.run(() -> {
            domain.sql
                    .in(of.id)
                    .statement("insert into corporate_user (domain_id, user_id, provider_id, checked)"
                            + " values (:domain, :user, :provider, :checked)")
                    .updateEach(ids, (row, user) -> row.set("user", user)
                            .set("provider", made.id())
                            .set("checked", domain.clock.instant().minus(ago)));
            signIns(of, ids, null);
        });
    }

    private long count(Sample of, String what) {
        return domain.sql
                .in(of.id)
                .statement("select count(*) from " + what)
                .set("before", domain.clock.instant().minus(Duration.ofMinutes(1)))
                .number();
    }

    private long askedOf(Sample of) {
        return asked.stream().filter(path -> path.contains(of.name)).count();
    }

    @Test
    void aDirectoryThatIsSilentIsNotWaitedForByOthers() throws Exception {
        directory(failing, MANY, Duration.ofHours(2));
        directory(other, 1, Duration.ofMinutes(30));
        domain.get(Leavers.class).sweep();
        assertThat(count(other, "corporate_user where domain_id = :domain and gone is not null and checked > :before"))
                .isEqualTo(1);
        assertThat(count(failing, "corporate_user where domain_id = :domain and checked < :before"))
                .as("not asked about each of them")
                .isZero();
        assertThat(count(
                        failing, "corporate_user where domain_id = :domain and gone is not null and checked > :before"))
                .isZero();
        domain.get(Leavers.class).sweep();
        assertThat(askedOf(failing)).isEqualTo(1);
    }

    @Test
    void aRealmThatFailsIsNotWaitedForByOthers() throws Exception {
        String user = failing.user("anna").userId();
        Instant now = domain.clock.instant();
        domain.transactions.run(() -> {
            signIns(failing, IntStream.range(0, MANY).mapToObj(i -> user).toList(), now.minus(Duration.ofHours(2)));
            signIns(other, List.of(other.user("berta").userId()), now.minus(Duration.ofMinutes(1)));
        });
        domain.get(Leavers.class).sweep();
        assertThat(count(other, "sign_in where domain_id = :domain and ended is not null and since > :before"))
                .isEqualTo(1);
        assertThat(askedOf(failing)).isEqualTo(1);
    }
}
