package org.bascule.domain.realm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bascule.domain.configuration.IdentitySettings;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;

/** What happens while Keycloak does not answer; with a real one DomainIT. */
class DomainCreationsTest {

    private final TestDomain first = new TestDomain();
    private final Sample operators = new Sample(first.started());
    private final TestDomain domain = settled();
    private final Caller operator = operators.owner();
    private final String name = "New " + first.ids.next();

    private TestDomain settled() {
        try {
            Path secret = Files.writeString(Files.createTempFile(Path.of("target"), "secret", ""), "secret")
                    .toAbsolutePath();
            // nobody listens there
            TestDomain node = first.with("http://127.0.0.1:1", new Settings.LoginEvents("bascule-server", secret))
                    .operatedBy(operators.name)
                    .with(new IdentitySettings(Optional.of(secret), Optional.of(secret), Optional.empty()));
            node.get(org.bascule.domain.pki.Installation.class).start();
            return node;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private DomainCreations creations() {
        return domain.get(DomainCreations.class);
    }

    private DomainCreations.Begun begin(Caller caller, String called) throws RefusedException {
        return domain.transactions.inNew(() -> creations().begin(caller, called, "Karl.Owner", null, false));
    }

    private DomainView view(String id) throws RefusedException {
        return domain.transactions.inNew(() -> creations().domain(operator, id));
    }

    private void refused(Problem problem, Caller caller, String called) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> begin(caller, called))
                .matches(e -> e.problem() == problem, problem.code());
    }

    private String password(String id) {
        return domain.sql
                .acrossDomains()
                .statement("select hex(coalesce(first_password, '')) from domain_creation where id = :id")
                .set("id", id)
                .first(row -> row.text(1))
                .orElseThrow();
    }

    @Test
    void onlyTheOperatorMakesDomainsAndSeesThem() throws Exception {
        Caller stranger = new Sample(domain).owner();
        refused(Problem.FORBIDDEN, stranger, name);
        refused(Problem.FORBIDDEN, operators.user("nobody"), name);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.transactions.inNew(() -> creations().list(stranger, Cursor.first(9))))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
    }

    @Test
    void aNameIsTakenOnceWhateverItsCase() throws Exception {
        begin(operator, name);
        refused(Problem.CONFLICT, operator, name.toUpperCase(Locale.ROOT));
        refused(Problem.CONFLICT, operator, operators.name);
        refused(Problem.INVALID, operator, " ");
        refused(Problem.INVALID, operator, "x".repeat(101));
    }

    @Test
    void whatCannotBeDoneYetIsTriedAgainLaterAndLater() throws Exception {
        DomainCreations.Begun begun = begin(operator, name);
        String id = begun.domain().id();
        assertThat(begun.toString()).doesNotContain(begun.firstPassword());
        assertThat(begun.domain().realmName()).matches("new-[a-z0-9-]+-" + id.substring(30));
        DomainMaker maker = domain.get(DomainMaker.class);
        maker.sweep();
        DomainView view = view(id);
        assertThat(view.state()).isEqualTo("creating");
        assertThat(view.step()).isEqualTo("realm");
        assertThat(view.attempts()).isEqualTo(1);
        assertThat(view.error()).isEqualTo("Keycloak does not answer");
        maker.sweep();
        assertThat(view(id).attempts()).as("not at once").isEqualTo(1);
        domain.clock.advance(Duration.ofSeconds(6));
        maker.sweep();
        assertThat(view(id).attempts()).isEqualTo(2);
        assertThat(domain.get(Identities.class).domainOfName(name)).isEmpty();
        assertThat(listed(50)).filteredOn(one -> one.id().equals(id)).hasSize(1);
    }

    /** Those that exist, with the state of each one's realm, and those that are being made, in the order of their names. */
    @Test
    void theListSaysOfEachDomainWhatIsSaidOfItAlone() throws Exception {
        Sample other = new Sample(domain);
        String[] made = {
            begin(operator, name + " b").domain().id(),
            begin(operator, name + " A").domain().id()
        };
        domain.transactions.run(() -> creations().cancel(operator, made[0]));
        RealmStates states = domain.get(RealmStates.class);
        domain.transactions.run(() -> states.take(other.id));
        domain.transactions.run(() -> states.failed(other.id, "refused"));
        Map<String, DomainView> list = listed(50).stream()
                .collect(Collectors.toMap(DomainView::id, Function.identity(), (one, two) -> one, LinkedHashMap::new));
        assertThat(list.keySet()).contains(operators.id, other.id).containsSubsequence(made[1], made[0]);
        for (String id : List.of(operators.id, other.id, made[0], made[1])) {
            assertThat(list.get(id)).isEqualTo(view(id));
        }
        assertThat(view(operators.id).realm()).isEqualTo(new RealmState(false, null));
        assertThat(view(other.id).realm()).isEqualTo(new RealmState(false, "refused"));
        assertThat(view(made[0]).state()).isEqualTo("undoing");
        assertThat(view(made[1]).state()).isEqualTo("creating");
        assertThat(view(made[1]).realm()).isNull();
    }

    /** Two tables, one list: what goes on behind a page is the next name of either, and of two with one name that with the greater id. */
    @Test
    void pagesGoOnWhereTheLastOneEnded() throws Exception {
        String first = begin(operator, name + " a").domain().id();
        String second = made(name + " B");
        String third = begin(operator, name + " c").domain().id();
        domain.transactions.run(() -> creations().cancel(operator, third));
        domain.transactions.run(() -> creations().done(third, "undo", "done"));
        String fourth = begin(operator, name + " C").domain().id();
        String fifth = made(name + " d");
        List<String> expected = List.of(first, second, third, fourth, fifth);
        for (int limit : List.of(1, 2, 3, 50)) {
            assertThat(listed(limit))
                    .extracting(DomainView::id)
                    .doesNotHaveDuplicates()
                    .filteredOn(expected::contains)
                    .as("pages of %d", limit)
                    .isEqualTo(expected);
        }
        domain.clock.advance(Duration.ofDays(7));
        assertThat(listed(50)).extracting(DomainView::id).contains(fourth).doesNotContain(third);
    }

    private String made(String called) throws Exception {
        String id = domain.ids.next();
        domain.transactions.<DomainFounder.Founded, Exception>inNew(
                () -> domain.get(DomainFounder.class).found(id, called, id, "asked for by eve"));
        return id;
    }

    /** All of them, read page by page. */
    private List<DomainView> listed(int limit) throws RefusedException {
        List<DomainView> all = new ArrayList<>();
        Cursor cursor = Cursor.first(limit);
        while (true) {
            Cursor from = cursor;
            Slice<DomainView> page = domain.transactions.inNew(() -> creations().list(operator, from));
            assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
            all.addAll(page.items());
            if (page.next() == null) {
                return all;
            }
            cursor = Cursor.checked(page.next(), 2, limit);
        }
    }

    /** A node that dies holds a creation for two minutes; then another one goes on. */
    @Test
    void anotherNodeGoesOnWhereOneDied() throws Exception {
        String id = begin(operator, name).domain().id();
        assertThat(domain.transactions.inNew(() -> creations().take(id))).isPresent();
        domain.get(DomainMaker.class).sweep();
        assertThat(view(id).attempts()).isZero();
        assertThat(domain.transactions.inNew(() -> creations().take(id))).isEmpty();
        domain.clock.advance(Duration.ofMinutes(2));
        domain.get(DomainMaker.class).sweep();
        assertThat(view(id).attempts()).isEqualTo(1);
    }

    @Test
    void aCreationIsTakenBackAndItsNameIsFreeAgain() throws Exception {
        String id = begin(operator, name).domain().id();
        assertThat(password(id)).isNotEmpty();
        DomainView cancelled = domain.transactions.inNew(() -> creations().cancel(operator, id));
        assertThat(cancelled.state()).isEqualTo("undoing");
        refused(Problem.CONFLICT, operator, name);
        domain.transactions.run(() -> creations().done(id, "undo", "done"));
        assertThat(view(id).state()).isEqualTo("undone");
        assertThat(password(id)).isEmpty();
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.transactions.inNew(() -> creations().cancel(operator, id)))
                .matches(e -> e.problem() == Problem.CONFLICT);
        assertThat(begin(operator, name).domain().id()).isNotEqualTo(id);
        assertThat(operators.audited("domain.request")).hasSize(2);
        assertThat(operators.audited("domain.cancel")).hasSize(1);
    }

    @Test
    void theFirstPasswordIsNotInTheDatabaseAsItIs() throws Exception {
        DomainCreations.Begun begun = begin(operator, name);
        String stored = password(begun.domain().id());
        assertThat(stored)
                .doesNotContain(HexFormat.of()
                        .withUpperCase()
                        .formatHex(Objects.requireNonNull(begun.firstPassword()).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void realmNamesAreAsciiAndOnesOwn() {
        String id = domain.ids.next();
        String end = "-" + id.substring(30);
        assertThat(DomainCreations.realmName("Müller & Söhne", id)).isEqualTo("muller-sohne" + end);
        assertThat(DomainCreations.realmName("株式会社", id)).isEqualTo("domain" + end);
        assertThat(DomainCreations.realmName("../master", id)).isEqualTo("master" + end);
        assertThat(DomainCreations.realmName("x".repeat(100), id)).hasSize(47);
    }
}
