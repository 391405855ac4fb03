package org.bascule.domain.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Delegation;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.directory.Named;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.people.Users;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;

class ApiTokensTest {

    private static final String ADDRESS = "192.0.2.9";
    private static final Duration DAY = Duration.ofDays(1);

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final ApiTokens tokens = domain.get(ApiTokens.class);
    private final Authorization authorization = domain.get(Authorization.class);
    private final Caller owner = sample.owner();
    private final String north = sample.folder(sample.root, "north");
    private final String below = sample.folder(north, "below");
    private final String south = sample.folder(sample.root, "south");

    private ApiTokenCreated create(Caller caller, List<String> permissions, List<String> folders)
            throws RefusedException {
        return domain.transactions.inNew(() -> tokens.create(caller, "build", permissions, folders, DAY));
    }

    private Optional<PresentedToken> presented(String text) {
        return ApiTokenSecret.parse(text)
                .flatMap(secret -> domain.transactions.inNew(() -> tokens.presented(secret, ADDRESS)));
    }

    /** The caller who comes with this token. */
    private Caller with(ApiTokenCreated created) {
        PresentedToken token = presented(created.secret().reveal()).orElseThrow();
        return domain.caller(token.domain().id(), token.domain().name(), token.userId(), token.userName())
                .by(token.credential());
    }

    private static void refused(Problem problem, RefusedCall call) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(call::run)
                .matches(e -> e.problem() == problem, problem.code());
    }

    private interface RefusedCall {
        void run() throws Exception;
    }

    @Test
    void textIsShownOnceAndStoredAsAHash() throws Exception {
        ApiTokenCreated created = create(owner, List.of("see-resources"), List.of(sample.root));
        String text = created.secret().reveal();
        assertThat(text).matches("bascule_[A-Za-z0-9_-]{43}");
        assertThat(created.toString()).doesNotContain(text);
        List<String> stored = domain.sql
                .in(sample.id)
                .statement("select concat_ws(' ', id, name, hex(secret_hash), secret_hash, permissions) from api_token"
                        + " where domain_id = :domain")
                .list(row -> row.text(1));
        assertThat(stored).hasSize(1).allSatisfy(row -> assertThat(row).doesNotContain(text.substring(8)));
        assertThat(sample.audited("api-token.create"))
                .singleElement()
                .extracting(AuditEntry::toString)
                .asString()
                .contains("build")
                .doesNotContain(text.substring(8));
        assertThat(tokens.of(owner, owner.userId())).singleElement().satisfies(view -> {
            assertThat(view.folders()).containsExactly(new Named(sample.root, sample.name));
            assertThat(view.permissions()).containsExactly("see-resources");
            assertThat(view.expires()).isEqualTo(view.created().plus(DAY));
            assertThat(view.lastUsed()).isNull();
        });
    }

    @Test
    void tokenActsAsItsUserUntilItExpires() throws Exception {
        ApiTokenCreated created = create(owner, List.of("see-resources"), List.of(sample.root));
        PresentedToken token = presented(created.secret().reveal()).orElseThrow();
        assertThat(token.domain().id()).isEqualTo(sample.id);
        assertThat(token.userId()).isEqualTo(owner.userId());
        assertThat(token.credential().isToken()).isTrue();
        domain.clock.advance(DAY);
        assertThat(presented(created.secret().reveal())).isEmpty();
        assertThat(domain.get(Credentials.class)
                        .of(
                                sample.id,
                                List.of(Objects.requireNonNull(
                                        token.credential().id()))))
                .isEmpty();
    }

    @Test
    void wrongTextsAreNobodys() throws Exception {
        String text = create(owner, List.of("see-resources"), List.of(sample.root))
                .secret()
                .reveal();
        char last = text.charAt(text.length() - 1);
        for (String wrong : List.of(
                "",
                "bascule_",
                text + "A",
                text.substring(0, text.length() - 1),
                text.substring(0, 20) + (text.charAt(20) == 'A' ? 'B' : 'A') + text.substring(21),
                text.toUpperCase(java.util.Locale.ROOT),
                " " + text,
                text + "\n",
                "bascule_" + "' or 1=1 -- ".repeat(4).substring(0, 43) + last)) {
            assertThat(presented(wrong)).as(wrong).isEmpty();
        }
    }

    /** Every way of asking, against what the user holds and what the token leaves. */
    @Test
    void tokenLeavesItsPermissionsInItsFoldersAndNothingElse() throws Exception {
        String inside = sample.device(below, "inside");
        String outside = sample.device(south, "outside");
        String special = sample.device(below, "special");
        sample.entry(special, owner.userId(), Permission.TERMINAL, Effect.DENY);
        String exception = sample.device(south, "exception");
        sample.entry(exception, owner.userId(), Permission.TERMINAL, Effect.ALLOW);
        Caller token = with(create(owner, List.of("see-resources", "terminal"), List.of(north)));
        for (Permission permission : Permission.values()) {
            boolean kept = Set.of(Permission.SEE_RESOURCES, Permission.TERMINAL).contains(permission);
            for (String place : List.of(sample.root, south, outside, exception)) {
                assertThat(authorization.allows(token, permission, place))
                        .as(permission + " on " + place)
                        .isFalse();
            }
            for (String place : List.of(north, below, inside)) {
                assertThat(authorization.allows(token, permission, place))
                        .as(permission + " on " + place)
                        .isEqualTo(kept);
            }
            assertThat(authorization.holdsOnDomain(token, permission)).isFalse();
        }
        assertThat(authorization.allows(token, Permission.TERMINAL, special)).isFalse();
        assertThat(authorization.permissions(token, inside))
                .containsExactlyInAnyOrder(Permission.SEE_RESOURCES, Permission.TERMINAL);
        assertThat(authorization.permissions(token, List.of(special, outside, exception, sample.root)))
                .containsOnlyKeys(special)
                .containsEntry(special, Set.of(Permission.SEE_RESOURCES));
        assertThat(authorization.anywhere(token))
                .containsExactlyInAnyOrder(Permission.SEE_RESOURCES, Permission.TERMINAL);
        assertThat(authorization.onDomain(token)).isEmpty();
        assertThat(authorization.administers(token)).isFalse();
        assertThat(listed(authorization.scope(token, Permission.TERMINAL))).containsExactly(inside);
        assertThat(listed(authorization.scope(token, Permission.SEE_RESOURCES)))
                .containsExactlyInAnyOrder(inside, special);
        assertThat(authorization.scope(token, Permission.VPN).isEmpty()).isTrue();
        assertThat(listed(authorization
                        .scope(token, Permission.SEE_RESOURCES, sample.root)
                        .orElseThrow()))
                .containsExactlyInAnyOrder(inside, special);
        assertThat(listed(authorization
                        .scope(token, Permission.SEE_RESOURCES, south)
                        .orElseThrow()))
                .isEmpty();
        assertThat(listed(authorization.scope(owner, Permission.SEE_RESOURCES)))
                .containsExactlyInAnyOrder(inside, outside, special, exception);
    }

    private List<String> listed(Scope scope) {
        return scope.bind(domain.sql
                        .in(sample.id)
                        .statement("select r.id from resource r where r.domain_id = :domain and r.kind = 'device' and "
                                + scope.things("r")))
                .list(row -> row.text(1));
    }

    @Test
    void tokenIsNeverMoreThanItsUserAtTheMoment() throws Exception {
        Caller user = sample.user("u");
        sample.entry(north, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        ApiTokenCreated created = create(user, List.of("see-resources", "terminal"), List.of(north));
        Caller token = with(created);
        assertThat(authorization.permissions(token, north)).containsExactly(Permission.SEE_RESOURCES);
        sample.entry(north, user.userId(), Permission.TERMINAL, Effect.ALLOW);
        assertThat(authorization.allows(token, Permission.TERMINAL, north)).isTrue();
        sample.removeEntries();
        assertThat(authorization.permissions(token, north)).isEmpty();
        assertThat(authorization.anywhere(token)).isEmpty();
    }

    @Test
    void tokenPassesOnNoMoreThanItLeaves() throws Exception {
        Caller token = with(create(owner, List.of("see-resources", "manage-permissions", "terminal"), List.of(north)));
        Delegation delegation = domain.get(Delegation.class);
        assertThat(delegation.mayPass(token, Permission.TERMINAL, below, Validity.ALWAYS))
                .isTrue();
        assertThat(delegation.mayPass(token, Permission.VPN, below, Validity.ALWAYS))
                .isFalse();
        assertThat(delegation.mayPass(token, Permission.TERMINAL, south, Validity.ALWAYS))
                .isFalse();
        assertThat(delegation.passable(token, Set.of(Permission.TERMINAL, Permission.VPN), List.of(below, south)))
                .containsEntry(below, Set.of(Permission.TERMINAL))
                .containsEntry(south, Set.of());
        assertThat(delegation.mayPass(owner, Permission.VPN, south, Validity.ALWAYS))
                .isTrue();
    }

    @Test
    void tokenMakesAndRevokesNoTokens() throws Exception {
        ApiTokenCreated created = create(
                owner,
                Stream.of(Permission.values())
                        .map(Permission::code)
                        .filter(code -> !code.equals("manage-sign-in") && !code.equals("operate-installation"))
                        .toList(),
                List.of(sample.root));
        Caller token = with(created);
        refused(Problem.FORBIDDEN, () -> create(token, List.of("see-resources"), List.of(sample.root)));
        refused(
                Problem.FORBIDDEN,
                () -> domain.transactions.run(() ->
                        tokens.revoke(token, owner.userId(), created.view().id())));
        assertThat(sample.audited("access")).hasSize(2).allSatisfy(entry -> {
            assertThat(entry.outcome()).isEqualTo("denied");
            assertThat(entry.detail()).isEqualTo("with an API token");
        });
    }

    @Test
    void somePermissionsAreForNoToken() {
        refused(Problem.INVALID, () -> create(owner, List.of("manage-sign-in"), List.of(sample.root)));
        refused(Problem.INVALID, () -> create(owner, List.of("no-such"), List.of(sample.root)));
        refused(Problem.INVALID, () -> create(owner, List.of(), List.of(sample.root)));
        refused(Problem.INVALID, () -> create(owner, List.of("terminal"), List.of()));
        refused(Problem.INVALID, () -> create(owner, List.of("terminal"), List.of(sample.device(north, "d"))));
        refused(Problem.NOT_FOUND, () -> create(owner, List.of("terminal"), List.of(new Sample(domain).root)));
        refused(Problem.NOT_FOUND, () -> create(sample.user("blind"), List.of("terminal"), List.of(north)));
        for (Duration validity :
                List.of(Duration.ofSeconds(59), Duration.ofDays(366).plusSeconds(1), DAY.negated())) {
            refused(Problem.INVALID, () -> tokens.create(owner, "n", List.of("terminal"), List.of(north), validity));
        }
    }

    @Test
    void nobodyHasMoreThanFifty() throws Exception {
        for (int i = 0; i < ApiTokens.MAX_TOKENS; i++) {
            create(owner, List.of("terminal"), List.of(north));
        }
        refused(Problem.CONFLICT, () -> create(owner, List.of("terminal"), List.of(north)));
    }

    /** A transaction that began before sees the fiftieth all the same. */
    @Test
    void norWhenTheyAreMadeAtTheSameTime() throws Exception {
        for (int i = 1; i < ApiTokens.MAX_TOKENS; i++) {
            create(owner, List.of("terminal"), List.of(north));
        }
        domain.transactions.run(() -> {
            assertThat(tokens.of(owner, owner.userId())).hasSize(ApiTokens.MAX_TOKENS - 1);
            create(owner, List.of("terminal"), List.of(north));
            refused(Problem.CONFLICT, () -> tokens.create(owner, "late", List.of("terminal"), List.of(north), DAY));
        });
        assertThat(tokens.of(owner, owner.userId())).hasSize(ApiTokens.MAX_TOKENS);
    }

    @Test
    void revokedTokenIsNobodysAndItsEndIsTold() throws Exception {
        ApiTokenCreated created = create(owner, List.of("see-resources"), List.of(sample.root));
        String id = created.view().id();
        domain.transactions.run(() -> tokens.revoke(owner, owner.userId(), id));
        assertThat(presented(created.secret().reveal())).isEmpty();
        assertThat(domain.get(Credentials.class).of(sample.id, List.of(id))).isEmpty();
        assertThat(domain.get(Credentials.class).live(Set.of(id))).isEmpty();
        assertThat(domain.live).contains(new LiveEvent.CredentialEnded(sample.id, id));
        assertThat(sample.audited("api-token.revoke")).hasSize(1);
        refused(Problem.NOT_FOUND, () -> tokens.revoke(owner, owner.userId(), id));
        refused(Problem.NOT_FOUND, () -> tokens.revoke(owner, owner.userId(), "x"));
    }

    @Test
    void administratorsOfAUserSeeAndRevokeTokensAndOthersDoNot() throws Exception {
        Caller user = sample.user("u");
        sample.entry(north, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        String id =
                create(user, List.of("see-resources"), List.of(north)).view().id();
        Caller stranger = sample.user("s");
        refused(Problem.NOT_FOUND, () -> tokens.of(stranger, user.userId()));
        refused(Problem.NOT_FOUND, () -> tokens.revoke(stranger, user.userId(), id));
        refused(Problem.NOT_FOUND, () -> tokens.revoke(stranger, stranger.userId(), id));
        Caller foreign = new Sample(domain).owner();
        refused(Problem.NOT_FOUND, () -> tokens.of(foreign, user.userId()));
        assertThat(tokens.of(owner, user.userId())).hasSize(1);
        domain.transactions.run(() -> tokens.revoke(owner, user.userId(), id));
        assertThat(tokens.of(user, user.userId())).isEmpty();
    }

    @Test
    void tokenOfADeletedFolderDoesNothingAndOfADeletedUserIsGone() throws Exception {
        Caller user = sample.user("u");
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        ApiTokenCreated created = create(user, List.of("see-resources"), List.of(south));
        domain.sql
                .in(sample.id)
                .statement("delete from resource where domain_id = :domain and id = :id")
                .set("id", south)
                .update();
        Caller token = with(created);
        assertThat(authorization.allows(token, Permission.SEE_RESOURCES, sample.root))
                .isFalse();
        assertThat(authorization.anywhere(token)).isEmpty();
        long revision = domain.get(Users.class).user(owner, user.userId()).revision();
        domain.transactions.run(() -> domain.get(Users.class).delete(owner, user.userId(), revision));
        assertThat(presented(created.secret().reveal())).isEmpty();
        assertThat(sample.audited("api-token.revoke")).hasSize(1);
    }

    @Test
    void lastUseIsWrittenAboutOnceAMinute() throws Exception {
        ApiTokenCreated created = create(owner, List.of("see-resources"), List.of(sample.root));
        String text = created.secret().reveal();
        Instant first = domain.clock.instant();
        presented(text);
        domain.clock.advance(Duration.ofSeconds(50));
        presented(text);
        assertThat(tokens.of(owner, owner.userId()).get(0).lastUsed()).isEqualTo(first);
        assertThat(tokens.of(owner, owner.userId()).get(0).lastAddress()).isEqualTo(ADDRESS);
        domain.clock.advance(Duration.ofSeconds(11));
        presented(text);
        assertThat(tokens.of(owner, owner.userId()).get(0).lastUsed()).isEqualTo(first.plusSeconds(61));
    }

    private void wanting(String permissions) {
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("insert into sign_in_setting (domain_id, fresh_permissions) values (:domain, :codes)")
                    .set("codes", permissions)
                    .update();
            domain.get(RightsVersion.class).changed(sample.id);
        });
    }

    /** A session that somebody else got hold of makes no token, though the domain wants no factor of anybody. */
    @Test
    void whoeverHasAFactorProvesItAgainForAToken() throws Exception {
        Instant now = domain.clock.instant();
        refused(
                Problem.FACTOR_NOT_FRESH,
                () -> create(
                        owner.by(new Credential("c", now.minus(Duration.ofHours(1)), null)),
                        List.of("terminal"),
                        List.of(north)));
        create(owner.by(new Credential("c", now.minusSeconds(1), null)), List.of("terminal"), List.of(north));
        create(owner.by(new Credential("c", null, null)), List.of("terminal"), List.of(north));
    }

    /** What the domain wants is asked for here, and where rights are checked. */
    @Test
    void factorIsAskedForWhereTheDomainWantsIt() throws Exception {
        wanting("terminal");
        Instant now = domain.clock.instant();
        Caller without = owner.by(new Credential("c", null, null));
        Caller stale = owner.by(new Credential("c", now.minus(Duration.ofMinutes(5)), null));
        Caller fresh = owner.by(new Credential("c", now.minus(Duration.ofMinutes(4)), null));
        for (Caller caller : List.of(without, stale)) {
            refused(Problem.FACTOR_NOT_FRESH, () -> authorization.require(caller, Permission.TERMINAL, north));
            refused(Problem.FACTOR_NOT_FRESH, () -> create(caller, List.of("terminal"), List.of(north)));
            authorization.require(caller, Permission.VPN, north);
        }
        authorization.require(fresh, Permission.TERMINAL, north);
        Caller token = with(create(fresh, List.of("terminal", "vpn"), List.of(north)));
        assertThat(token.credential().secondFactorAt()).isEqualTo(now.minus(Duration.ofMinutes(4)));
        refused(Problem.FACTOR_NOT_FRESH, () -> authorization.require(token, Permission.TERMINAL, north));
        authorization.require(token, Permission.VPN, north);
        // who may not do it is told that, whatever factor he proves
        refused(Problem.NOT_FOUND, () -> authorization.require(sample.user("u"), Permission.TERMINAL, north));
    }
}
