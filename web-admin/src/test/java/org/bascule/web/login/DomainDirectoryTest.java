package org.bascule.web.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.EndedLogins;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.identity.SignIn;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** As whom somebody acts who signed in: as the domain's user, whatever the subject of the realm is. */
class DomainDirectoryTest {

    private static final String ADDRESS = "192.0.2.7";

    private final List<SignIn> signIns = new ArrayList<>();
    private final List<AuditEvent> recorded = new ArrayList<>();
    private final List<String> signedIn = new ArrayList<>();
    private final DomainDirectory directory = new DomainDirectory();
    private final Set<String> ended = new HashSet<>();
    private boolean refusing;

    DomainDirectoryTest() {
        directory.identities = new Identities() {
            @Override
            public Caller signIn(SignIn signIn) throws RefusedException {
                if (refusing) {
                    throw RefusedException.forbidden();
                }
                signIns.add(signIn);
                return TestLogins.caller(TestLogins.REALM);
            }

            @Override
            public Optional<DomainReference> domainOfIssuer(String issuer) {
                return Optional.of(issuer)
                        .filter(TestLogins.REALM.issuer()::equals)
                        .map(known -> new DomainReference(TestLogins.REALM.domainId(), "A", "a", known));
            }

            @Override
            public void signedIn(String domainId, String userId, Instant time) {
                signedIn.add(userId);
            }

            @Override
            public Optional<Actor> actor(String domainId, String subject, @Nullable String address) {
                return subject.equals(TestRealms.SUBJECT)
                        ? Optional.of(new Actor(TestLogins.USER, "Anna", address))
                        : Optional.empty();
            }
        };
        directory.ended = new EndedLogins() {
            @Override
            public boolean end(String domainId, String realmSession) {
                return ended.add(domainId + " " + realmSession);
            }

            @Override
            public void begun(String domainId, String realmSession) {
                ended.remove(domainId + " " + realmSession);
            }
        };
        directory.log = new AuditLog() {
            @Override
            public void record(AuditEvent event) {
                recorded.add(event);
            }
        };
    }

    private static Proof proof(Identity.Way way) {
        return new Proof(TestLogins.REALM, TestRealms.SUBJECT, "anna", "2", Instant.EPOCH, way, Instant.MAX);
    }

    @Test
    void browserActsAsTheDomainsUser() throws LoginRefusedException {
        Identity identity = directory.signedIn(proof(Identity.Way.COOKIE), "realm-session-1", ADDRESS);
        assertThat(signIns)
                .containsExactly(
                        new SignIn(TestLogins.REALM.issuer(), TestRealms.SUBJECT, "anna", ADDRESS, "2", Instant.EPOCH));
        assertThat(identity.subject()).isEqualTo(TestRealms.SUBJECT);
        assertThat(identity.userId()).isEqualTo(TestLogins.USER);
        assertThat(identity.getName()).isEqualTo("domain-a/" + TestLogins.USER);
        Caller caller = identity.callerFrom("192.0.2.8");
        assertThat(caller)
                .isEqualTo(new Caller(TestLogins.USER, "Anna", "domain-a", "A", "192.0.2.8", "2", Instant.EPOCH));
        assertThat(recorded)
                .hasSize(1)
                .first()
                .extracting(event -> event.actor().userId())
                .isEqualTo(TestLogins.USER);
        assertThat(signedIn).containsExactly(TestLogins.USER);
        directory.signedOut(identity, "realm-session-1", ADDRESS);
        assertThat(recorded)
                .hasSize(2)
                .extracting(event -> event.actor().userId())
                .containsOnly(TestLogins.USER);
    }

    @Test
    void bearerActsAsTheDomainsUserAndIsNotRecorded() throws LoginRefusedException {
        Identity identity = directory.seen(proof(Identity.Way.BEARER), ADDRESS);
        assertThat(identity.callerFrom(ADDRESS).userId()).isEqualTo(TestLogins.USER);
        assertThat(identity.way()).isEqualTo(Identity.Way.BEARER);
        assertThat(recorded).isEmpty();
        assertThat(signedIn).isEmpty();
    }

    @Test
    void logOutAtTheRealmIsRecordedWithTheDomainsUser() {
        directory.endedAtRealm(TestLogins.REALM.issuer(), null, TestRealms.SUBJECT);
        directory.endedAtRealm(TestLogins.REALM.issuer(), "realm-session-1", null);
        directory.endedAtRealm("https://id.example/realms/nobody", "realm-session-2", TestRealms.SUBJECT);
        assertThat(recorded)
                .extracting(event -> event.operation() + " " + event.actor().userId() + " " + event.detail())
                .containsExactly("LOGOUT " + TestLogins.USER + " at the realm", "LOGOUT null at the realm");
    }

    /** Who signs out here without confirming it at the realm comes back with the same session. */
    @Test
    void everyLogOutIsRecordedIfSomebodySignedInInBetween() throws LoginRefusedException {
        directory.signedOut(
                directory.signedIn(proof(Identity.Way.COOKIE), "realm-session-1", ADDRESS), "realm-session-1", ADDRESS);
        directory.signedIn(proof(Identity.Way.COOKIE), "realm-session-1", ADDRESS);
        directory.endedAtRealm(TestLogins.REALM.issuer(), "realm-session-1", TestRealms.SUBJECT);
        assertThat(recorded)
                .extracting(event -> event.operation().code())
                .containsExactly("login", "logout", "login", "logout");
    }

    /** The realm tells it to whichever node it reaches. */
    @Test
    void logOutHereIsNotRecordedAgainWhenTheRealmTellsOfIt() throws LoginRefusedException {
        Identity identity = directory.signedIn(proof(Identity.Way.COOKIE), "realm-session-1", ADDRESS);
        directory.signedOut(identity, "realm-session-1", ADDRESS);
        directory.endedAtRealm(TestLogins.REALM.issuer(), "realm-session-1", TestRealms.SUBJECT);
        assertThat(recorded).extracting(event -> event.operation().code()).containsExactly("login", "logout");
        directory.endedAtRealm(TestLogins.REALM.issuer(), "realm-session-2", TestRealms.SUBJECT);
        assertThat(recorded).hasSize(3);
    }

    @Test
    void whomTheDomainRefusesIsNobody() {
        refusing = true;
        assertThatExceptionOfType(LoginRefusedException.class)
                .isThrownBy(() -> directory.seen(proof(Identity.Way.BEARER), ADDRESS))
                .matches(e -> e.reason() == Reason.DENIED);
    }

    @Test
    void callerOfAnotherDomainIsNotTaken() {
        Caller other = new Caller(TestLogins.USER, "Anna", "domain-b", "B", ADDRESS, null, null);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proof(Identity.Way.BEARER).of(other));
    }
}
