package org.bascule.web.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.bascule.domain.account.AccountState;
import org.bascule.domain.account.AccountStates;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.corporate.CorporateSignIns;
import org.bascule.domain.corporate.NotAdmittedException;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.guard.Guard;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.identity.Limits;
import org.bascule.domain.identity.LoginEventStore;
import org.bascule.domain.identity.SignIn;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.live.LiveEvents;
import org.bascule.domain.realm.SecondFactorRule;
import org.bascule.domain.realm.SignInSettings;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.token.ApiTokenSecret;
import org.bascule.domain.token.ApiTokens;
import org.bascule.domain.token.PresentedToken;
import org.bascule.domain.token.RealmSessions;
import org.bascule.domain.token.SignIns;
import org.bascule.web.login.LoginJournal.Origin;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** As whom somebody acts who signed in: as the domain's user, whatever the subject of the realm is. */
class DomainDirectoryTest {

    private static final String ADDRESS = "192.0.2.7";
    private static final Origin ORIGIN = new Origin(ADDRESS, "Firefox");
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final String TOKEN = "bascule_" + "A".repeat(43);
    private static final String EXPIRED = "bascule_" + "C".repeat(43);

    /** Stands still unless it is told otherwise. */
    private static final class TestTime extends Clock {
        private Instant now = NOW;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private final List<SignIn> signIns = new ArrayList<>();
    private final List<AuditEvent> recorded = new ArrayList<>();
    private final List<String> signedIn = new ArrayList<>();
    private final List<String> presentations = new ArrayList<>();
    private final List<String> terms = new ArrayList<>();
    private final TestTime time = new TestTime();
    private final DomainDirectory directory = new DomainDirectory(time);
    private final List<Consumer<LiveEvent>> listeners = new ArrayList<>();
    private final LiveEvents live = new LiveEvents() {
        @Override
        public void register(Consumer<LiveEvent> listener) {
            listeners.add(listener);
        }
    };
    private int questions;
    private AccountState account = AccountState.ACTIVE;
    private boolean required;
    private final Set<String> ended = new HashSet<>();
    private final List<String> told = new ArrayList<>();
    private Duration blocked = Duration.ZERO;
    private boolean refusing;
    private NotAdmittedException.@Nullable Reason notAdmitted;
    private final List<String> endedAtRealm = new ArrayList<>();

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
        directory.signIns = new SignIns() {
            @Override
            public Optional<String> present(String domainId, String userId, Presented presented) {
                String id = presented.client() + " " + presented.realmSession();
                presentations.add(presented.address() + " " + presented.userAgent());
                if (presented.provider() != null) {
                    terms.add(presented.provider() + " until " + presented.vouchedUntil());
                }
                return ended.contains(id) ? Optional.empty() : Optional.of(id);
            }

            @Override
            public boolean isKnown(String domainId, String userId, Client client, String realmSession) {
                return false;
            }

            @Override
            public boolean isLive(String domainId, String id) {
                questions++;
                return !ended.contains(id);
            }

            @Override
            public boolean signedOut(String domainId, String id) {
                return ended.add(id);
            }

            @Override
            public boolean endedAtRealm(String domainId, String realmSession) {
                return ended.add("BROWSER " + realmSession);
            }

            @Override
            public boolean allEnded(String domainId, String userId) {
                return ended.add("all of " + userId);
            }
        };
        directory.realmSessions = new RealmSessions() {
            @Override
            public void end(String domainId, String realmSession) throws RefusedException {
                endedAtRealm.add(domainId + " " + realmSession);
                throw new RefusedException(Problem.UNAVAILABLE, "the realm does not answer");
            }
        };
        directory.events = new LoginEventStore() {
            @Override
            public void loggedOut(String domainId, String signInId) {
                told.add(signInId);
            }
        };
        directory.guard = new Guard() {
            @Override
            public Duration blockedFor(String address) {
                return blocked;
            }
        };
        directory.corporate = new CorporateSignIns() {
            @Override
            public boolean isTrustedWithNames(String domainId, @Nullable String provider) {
                return provider == null;
            }

            @Override
            public Admission admit(
                    Caller caller, String subject, @Nullable String provider, @Nullable Instant authenticated)
                    throws NotAdmittedException {
                if (notAdmitted != null) {
                    throw new NotAdmittedException(notAdmitted);
                }
                return provider == null ? Admission.OWN : new Admission(provider, NOW.plusSeconds(3_600));
            }
        };
        directory.tokens = new ApiTokens() {
            @Override
            public boolean isKnown(ApiTokenSecret secret) {
                return secret.reveal().equals(EXPIRED);
            }

            @Override
            public Optional<PresentedToken> presented(ApiTokenSecret secret, String address) {
                questions++;
                return secret.reveal().equals(TOKEN)
                        ? Optional.of(new PresentedToken(
                                new DomainReference("domain-a", "A", "a", TestLogins.REALM.issuer()),
                                TestLogins.USER,
                                "Anna",
                                TestRealms.SUBJECT,
                                new Credential("token-1", null, new Limits(Set.of("terminal"), Set.of("f"))),
                                NOW.plusSeconds(60)))
                        : Optional.empty();
            }
        };
        directory.transactions = new Transactions() {
            @Override
            public <T, E extends Exception> T inNew(Work<T, E> work) throws E {
                return work.run();
            }
        };
        directory.accounts = new AccountStates() {
            @Override
            public AccountState state(String domainId, String userId) {
                return account;
            }
        };
        directory.rule = new SecondFactorRule() {
            @Override
            public boolean isRequired(String domainId, String userId) {
                return required;
            }

            @Override
            public SignInSettings settings(String domainId) {
                return SignInSettings.DEFAULT;
            }
        };
        directory.live = live;
        directory.start();
        directory.log = new AuditLog() {
            @Override
            public void record(AuditEvent event) {
                recorded.add(event);
            }
        };
    }

    private static Proof proof(Identity.Way way) {
        return proof(way, null);
    }

    private static Proof proof(Identity.Way way, @Nullable String provider) {
        return new Proof(
                TestLogins.REALM,
                TestRealms.SUBJECT,
                "anna",
                "2",
                Instant.EPOCH,
                way,
                Instant.MAX,
                "realm-session-1",
                NOW,
                Instant.EPOCH,
                provider,
                provider == null ? null : NOW.minusSeconds(60));
    }

    @Test
    void whoComesWithACompanysProviderIsTakenOnItsTerms() throws LoginRefusedException {
        directory.signedIn(proof(Identity.Way.COOKIE, "provider-1"), ORIGIN);
        assertThat(signIns).singleElement().extracting(SignIn::named).isEqualTo(false);
        assertThat(terms).containsExactly("provider-1 until " + NOW.plusSeconds(3_600));
        assertThat(endedAtRealm).isEmpty();
    }

    /** Or the realm would send him back by the same way, as often as he tries; that it does not answer changes nothing about the refusal. */
    @ParameterizedTest
    @CsvSource({
        "PROVIDER_OFF, provider-off, true",
        "PARTNER_ENDED, partner-ended, true",
        "PROVIDER_MISSING, provider-missing, true",
        "CORPORATE_ONLY, corporate-only, true",
        "VOUCHED_LONG_AGO, vouched-long-ago, true",
        "ACCOUNT_GONE, denied, false"
    })
    void whoMustComeAnotherWayIsToldAndSignedOutOfTheRealm(
            NotAdmittedException.Reason why, String code, boolean signedOut) {
        notAdmitted = why;
        assertThatExceptionOfType(LoginRefusedException.class)
                .isThrownBy(() -> directory.signedIn(proof(Identity.Way.COOKIE, "provider-1"), ORIGIN))
                .matches(e -> e.reason().code().equals(code), code)
                .matches(e -> !e.reason().isGuess());
        assertThat(terms).isEmpty();
        assertThat(endedAtRealm).isEqualTo(signedOut ? List.of("domain-a realm-session-1") : List.of());
    }

    /** A program's session may be a browser's too. */
    @Test
    void aProgramThatIsNotTakenSignsNobodyOut() {
        notAdmitted = NotAdmittedException.Reason.CORPORATE_ONLY;
        assertThatExceptionOfType(LoginRefusedException.class)
                .isThrownBy(() -> directory.seen(proof(Identity.Way.BEARER), ORIGIN))
                .matches(e -> e.reason() == Reason.CORPORATE_ONLY);
        assertThat(endedAtRealm).isEmpty();
    }

    @Test
    void browserActsAsTheDomainsUser() throws LoginRefusedException {
        Identity identity = directory.signedIn(proof(Identity.Way.COOKIE), ORIGIN);
        assertThat(signIns)
                .containsExactly(new SignIn(
                        TestLogins.REALM.issuer(), TestRealms.SUBJECT, "anna", ADDRESS, "2", Instant.EPOCH, true, NOW));
        assertThat(identity.subject()).isEqualTo(TestRealms.SUBJECT);
        assertThat(identity.userId()).isEqualTo(TestLogins.USER);
        assertThat(identity.getName()).isEqualTo("domain-a/" + TestLogins.USER);
        Caller caller = identity.callerFrom("192.0.2.8");
        assertThat(caller)
                .isEqualTo(new Caller(TestLogins.USER, "Anna", "domain-a", "A", "192.0.2.8", "2", Instant.EPOCH)
                        .by(new Credential("BROWSER realm-session-1", Instant.EPOCH, null)));
        assertThat(recorded).isEmpty();
        assertThat(signedIn).containsExactly(TestLogins.USER);
        directory.signedOut(identity, ORIGIN);
        assertThat(recorded).singleElement().satisfies(event -> {
            assertThat(event.actor().userId()).isEqualTo(TestLogins.USER);
            assertThat(event.detail()).isEqualTo("browser: logout, with Firefox");
        });
        assertThat(told).containsExactly("BROWSER realm-session-1");
    }

    @Test
    void bearerActsAsTheDomainsUserAndIsNotRecorded() throws LoginRefusedException {
        Identity identity = directory.seen(proof(Identity.Way.BEARER), ORIGIN);
        assertThat(identity.callerFrom(ADDRESS).userId()).isEqualTo(TestLogins.USER);
        assertThat(identity.way()).isEqualTo(Identity.Way.BEARER);
        assertThat(recorded).isEmpty();
        assertThat(signedIn).isEmpty();
    }

    /** Who did it is in the realm's list of events. */
    @Test
    void logOutAtTheRealmEndsWhatItConcernsAndIsRecordedElsewhere() {
        directory.endedAtRealm(TestLogins.REALM.issuer(), null, TestRealms.SUBJECT);
        directory.endedAtRealm(TestLogins.REALM.issuer(), "realm-session-1", null);
        directory.endedAtRealm("https://id.example/realms/nobody", "realm-session-2", TestRealms.SUBJECT);
        assertThat(ended).containsExactlyInAnyOrder("all of " + TestLogins.USER, "BROWSER realm-session-1");
        assertThat(recorded).isEmpty();
    }

    /** What is asked at every request is asked of the domain once a second, and anew when something ended here. */
    @Test
    void answersAreKeptForASecondAndForgottenWhenSomethingEnds() throws LoginRefusedException {
        Identity identity = directory.seen(proof(Identity.Way.BEARER), ORIGIN);
        assertThat(identity.credential()).isEqualTo(new Credential("PROGRAM realm-session-1", Instant.EPOCH, null));
        for (int i = 0; i < 5; i++) {
            directory.seen(proof(Identity.Way.BEARER), ORIGIN);
            assertThat(directory.standing(identity)).isEqualTo(Standing.GOOD);
        }
        assertThat(signIns).hasSize(1);
        assertThat(questions).isEqualTo(1);
        time.now = NOW.plusSeconds(1);
        directory.seen(proof(Identity.Way.BEARER), ORIGIN);
        directory.standing(identity);
        assertThat(signIns).hasSize(2);
        assertThat(questions).isEqualTo(2);
        ended.add("PROGRAM realm-session-1");
        assertThat(directory.standing(identity)).isEqualTo(Standing.GOOD);
        listeners.forEach(each -> each.accept(new LiveEvent.CredentialEnded("domain-a", "PROGRAM realm-session-1")));
        assertThat(directory.standing(identity)).isEqualTo(Standing.ENDED);
        assertThatExceptionOfType(LoginRefusedException.class)
                .isThrownBy(() -> directory.seen(proof(Identity.Way.BEARER), ORIGIN))
                .matches(e -> e.reason() == Reason.DENIED);
        assertThat(presentations).containsOnly(ADDRESS + " Firefox");
    }

    /** At the next request, not at the next sign-in; nothing of it is kept. */
    @Test
    void accountThatIsSwitchedOffAndSecondFactorThatIsRequiredCountAtOnce() throws LoginRefusedException {
        Identity proved = directory.signedIn(proof(Identity.Way.COOKIE), ORIGIN);
        Identity without = directory.seen(ApiTokenSecret.parse(TOKEN).orElseThrow(), ORIGIN);
        assertThat(directory.standing(without)).isEqualTo(Standing.GOOD);
        required = true;
        assertThat(directory.standing(without)).isEqualTo(Standing.NO_SECOND_FACTOR);
        assertThat(directory.standing(proved)).isEqualTo(Standing.GOOD);
        account = AccountState.EXPIRED;
        assertThat(directory.standing(without)).isEqualTo(Standing.EXPIRED);
        account = AccountState.DISABLED;
        assertThat(directory.standing(proved)).isEqualTo(Standing.DISABLED);
        account = AccountState.ACTIVE;
        required = false;
        assertThat(directory.standing(without)).isEqualTo(Standing.GOOD);
    }

    /** For connections that stay open, which ask again and again. */
    @Test
    void accountIsAnsweredWithoutAskingWhetherTheSignInHasEnded() throws LoginRefusedException {
        Identity without = directory.seen(ApiTokenSecret.parse(TOKEN).orElseThrow(), ORIGIN);
        Identity proved = directory.signedIn(proof(Identity.Way.COOKIE), ORIGIN);
        questions = 0;
        assertThat(directory.account(without)).isEqualTo(Standing.GOOD);
        required = true;
        assertThat(directory.account(without)).isEqualTo(Standing.NO_SECOND_FACTOR);
        assertThat(directory.account(proved)).isEqualTo(Standing.GOOD);
        account = AccountState.DISABLED;
        assertThat(directory.account(proved)).isEqualTo(Standing.DISABLED);
        assertThat(questions).isZero();
    }

    /** Sign-ins end when an account is switched off: that they have ended would not tell the person anything. */
    @Test
    void accountThatIsOffIsTheReasonWhyASignInHasEnded() throws LoginRefusedException {
        Identity identity = directory.signedIn(proof(Identity.Way.COOKIE), ORIGIN);
        ended.add("BROWSER realm-session-1");
        assertThat(directory.standing(identity)).isEqualTo(Standing.ENDED);
        account = AccountState.EXPIRED;
        assertThat(directory.standing(identity)).isEqualTo(Standing.EXPIRED);
        account = AccountState.DISABLED;
        assertThat(directory.standing(identity)).isEqualTo(Standing.DISABLED);
        account = AccountState.ACTIVE;
        required = true;
        assertThat(directory.standing(identity)).isEqualTo(Standing.ENDED);
    }

    @Test
    void loginLastsAsLongAsTheDomainSays() throws LoginRefusedException {
        assertThat(directory.signedIn(proof(Identity.Way.COOKIE), ORIGIN).until())
                .isEqualTo(NOW.plus(Duration.ofHours(10)));
        assertThat(directory.idle(TestLogins.REALM)).isEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void apiTokenActsAsItsUserWithinItsLimitsUntilItExpires() throws LoginRefusedException {
        ApiTokenSecret token = ApiTokenSecret.parse(TOKEN).orElseThrow();
        Identity identity = directory.seen(token, ORIGIN);
        directory.seen(token, ORIGIN);
        assertThat(questions).isEqualTo(1);
        assertThat(identity.getName()).isEqualTo("domain-a/" + TestLogins.USER);
        assertThat(identity.way()).isEqualTo(Identity.Way.BEARER);
        assertThat(identity.callerFrom(ADDRESS).credential().limits())
                .isEqualTo(new Limits(Set.of("terminal"), Set.of("f")));
        assertThat(directory.standing(identity)).isEqualTo(Standing.GOOD);
        assertThatExceptionOfType(LoginRefusedException.class)
                .isThrownBy(() -> directory.seen(
                        ApiTokenSecret.parse("bascule_" + "B".repeat(43)).orElseThrow(), ORIGIN))
                .matches(e -> e.reason() == Reason.UNKNOWN_TOKEN && e.reason().isGuess());
        assertThatExceptionOfType(LoginRefusedException.class)
                .isThrownBy(() -> directory.seen(ApiTokenSecret.parse(EXPIRED).orElseThrow(), ORIGIN))
                .matches(e -> e.reason() == Reason.EXPIRED && !e.reason().isGuess());
        blocked = Duration.ofMinutes(1);
        assertThatExceptionOfType(LoginRefusedException.class)
                .isThrownBy(() -> directory.seen(ApiTokenSecret.parse(EXPIRED).orElseThrow(), ORIGIN))
                .matches(e -> e.reason() == Reason.BLOCKED);
        blocked = Duration.ZERO;
        time.now = NOW.plusSeconds(60);
        assertThatExceptionOfType(LoginRefusedException.class)
                .isThrownBy(() -> directory.seen(token, ORIGIN))
                .matches(e -> e.reason() == Reason.EXPIRED);
    }

    @Test
    void whomTheDomainRefusesIsNobody() {
        refusing = true;
        assertThatExceptionOfType(LoginRefusedException.class)
                .isThrownBy(() -> directory.seen(proof(Identity.Way.BEARER), ORIGIN))
                .matches(e -> e.reason() == Reason.DENIED);
    }

    @Test
    void callerOfAnotherDomainIsNotTaken() {
        Caller other = new Caller(TestLogins.USER, "Anna", "domain-b", "B", ADDRESS, null, null);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proof(Identity.Way.BEARER).of(other));
    }
}
