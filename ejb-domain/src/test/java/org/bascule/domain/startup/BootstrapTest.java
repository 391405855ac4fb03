package org.bascule.domain.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.directory.FolderQuery;
import org.bascule.domain.directory.FolderView;
import org.bascule.domain.directory.Folders;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.identity.SignIn;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.WireException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BootstrapTest {

    private static final String ANNA = "00000000-0000-4000-8000-00000000000a";

    private final TestDomain domain = new TestDomain().started();
    private final Identities identities = domain.get(Identities.class);
    private final Authorization authorization = domain.get(Authorization.class);
    private final String name = "demo-" + domain.ids.next();

    private void create(String userId, String entries) throws WireException {
        BootstrapFile file = BootstrapFile.parse(
                """
                {"domains":[{"name":"%s","realm":"%s",
                  "users":[{"id":"%s","name":"anna","groups":["Owners"]},{"id":"%s","name":"carl","groups":["Contributors"]}],
                  "entries":[%s]}]}"""
                        .formatted(name, name, userId, domain.ids.next(), entries));
        file.domains()
                .forEach(d -> domain.transactions.run(
                        () -> domain.get(Bootstrap.class).create(d)));
    }

    private Caller signIn(String subject, String user) throws RefusedException {
        String issuer = "https://id.example/realms/" + name;
        return domain.transactions.inNew(
                () -> identities.signIn(new SignIn(issuer, subject, user, "192.0.2.7", null, null)));
    }

    @Test
    void ownersHoldEverythingAndStrangersNothing() throws Exception {
        String id = domain.ids.next();
        create(id, "");
        Caller anna = signIn(id, "anna");
        FolderView root = folders(anna).get(0);
        assertThat(root.name()).isEqualTo(name);
        assertThat(root.permissions()).containsExactly(Permission.values());
        assertThat(authorization.administers(anna)).isTrue();
        String stranger = domain.ids.next();
        Caller first = signIn(stranger, "stranger");
        assertThat(folders(first)).isEmpty();
        assertThat(authorization.administers(first)).isFalse();
        assertThat(signIn(stranger, "renamed").userName()).isEqualTo("renamed");
    }

    private List<FolderView> folders(Caller caller) throws RefusedException {
        return domain.get(Folders.class)
                .list(caller, FolderQuery.top(Cursor.first(50)))
                .items();
    }

    @Test
    void entriesAreSetOnTheRootFolder() throws Exception {
        String id = domain.ids.next();
        create(id, "{\"group\":\"Owners\",\"permission\":\"vpn\",\"effect\":\"deny\"}");
        Caller anna = signIn(id, "anna");
        assertThat(authorization.holdsOnDomain(anna, Permission.VPN)).isFalse();
        assertThat(authorization.holdsOnDomain(anna, Permission.TERMINAL)).isTrue();
    }

    @Test
    void existingDomainIsLeftAlone() throws Exception {
        create(domain.ids.next(), "");
        DomainReference before =
                identities.domainOfName(name.toUpperCase(Locale.ROOT)).orElseThrow();
        create(domain.ids.next(), "");
        assertThat(identities.domainOfName(name)).contains(before);
        assertThat(before.issuer()).isEqualTo("https://id.example/realms/" + name);
    }

    @Test
    void subjectOfOneDomainIsNobodyInAnother() throws Exception {
        String id = domain.ids.next();
        create(id, "");
        BootstrapTest other = new BootstrapTest();
        other.create(domain.ids.next(), "");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> other.signIn(id, "anna"))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
    }

    @Test
    void unknownIssuersBelongToNoDomain() {
        for (String issuer : List.of(
                "https://id.example/realms/" + name,
                "https://evil.example/realms/" + name,
                "https://id.example/realms/",
                "https://id.example/realms/ü",
                "")) {
            assertThatExceptionOfType(RefusedException.class)
                    .as(issuer)
                    .isThrownBy(() -> identities.signIn(new SignIn(issuer, ANNA, "anna", "a", null, null)))
                    .matches(e -> e.problem() == Problem.FORBIDDEN);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"domains\":[{\"name\":\"x\"}]}",
                "{\"domains\":[{\"name\":\"x\",\"realm\":\"x\",\"users\":[{\"id\":\"1\",\"name\":\"a\"}]}]}",
                "{\"domains\":[{\"name\":\"x\",\"realm\":\"x\",\"entries\":[{\"user\":\"a\",\"group\":\"b\",\"permission\":\"vpn\",\"effect\":\"allow\"}]}]}",
                "{\"domains\":[{\"name\":\"x\",\"realm\":\"x\",\"entries\":[{\"user\":\"a\",\"permission\":\"fly\",\"effect\":\"allow\"}]}]}",
                "{\"domains\":[{\"name\":\"x\",\"realm\":\"x\",\"entries\":[{\"user\":\"a\",\"permission\":\"vpn\",\"effect\":\"maybe\"}]}]}"
            })
    void wrongFilesAreRefused(String text) {
        assertThatExceptionOfType(WireException.class).isThrownBy(() -> BootstrapFile.parse(text));
    }

    @Test
    void entryOfAnUndefinedUserKeepsTheDomainFromBeingMade() {
        assertThatThrownBy(() ->
                        create(domain.ids.next(), "{\"user\":\"nobody\",\"permission\":\"vpn\",\"effect\":\"allow\"}"))
                .hasMessageContaining("'nobody'");
        assertThat(identities.domainOfName(name)).isEmpty();
    }
}
