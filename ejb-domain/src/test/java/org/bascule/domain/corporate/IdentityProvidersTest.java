package org.bascule.domain.corporate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.json.JsonObject;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.LastOwner;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.configuration.InternalNetworks;
import org.bascule.domain.corporate.Way.Ldap;
import org.bascule.domain.corporate.Way.Oidc;
import org.bascule.domain.corporate.Way.Saml;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.Limits;
import org.bascule.domain.people.Users;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is decided here about providers; the realm and real providers are in {@code CorporateIT}. */
class IdentityProvidersTest extends ProviderTesting {
    @Test
    void aSecretIsSealedAndNeverTold() throws Exception {
        ProviderView made = create(oidc(SECRET));
        assertThat(made.secretSet()).isTrue();
        assertThat(Objects.requireNonNull(made.addresses()).redirect())
                .isEqualTo("https://id.example/realms/" + sample.name + "/broker/" + made.id() + "/endpoint");
        byte[] kept = domain.sql
                .in(sample.id)
                .statement("select secret from identity_provider where domain_id = :domain")
                .first(row -> row.bytes(1))
                .orElseThrow();
        assertThat(new String(kept, StandardCharsets.ISO_8859_1)).doesNotContain(SECRET);
        assertThat(domain.transactions.inNew(
                        () -> domain.get(ProviderStore.class).secret(stored(made))))
                .contains(SECRET);
        assertThat(sample.audited("identity-provider.create"))
                .singleElement()
                .extracting(AuditEntry::changes)
                .asString()
                .contains("\"issuer\":{\"before\":null,\"after\":\"" + issuer + "\"}")
                .contains("\"secret\":{\"before\":null,\"after\":\"stored\"}")
                .doesNotContain(SECRET);
    }

    @Test
    void aSecretStaysUnlessItWouldBeSentElsewhere() throws Exception {
        ProviderView made = create(oidc(SECRET));
        ProviderView renamed = change(
                made, new ProviderChange("Corp", true, new Oidc(issuer, "bascule", "roles"), null, List.of(), null));
        assertThat(domain.transactions.inNew(
                        () -> domain.get(ProviderStore.class).secret(stored(renamed))))
                .contains(SECRET);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> change(
                        renamed,
                        new ProviderChange("Corp", true, new Oidc(issuer, "other", "roles"), null, List.of(), null)))
                .matches(e -> e.fields().get(0).field().equals("oidc.clientSecret"));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> change(made, oidc(SECRET)))
                .matches(e -> e.problem() == Problem.PRECONDITION_FAILED);
    }

    @Test
    void onlyWhoManagesSignInAndIsAPersonMay() {
        refused(Problem.FORBIDDEN, sample.user("carl"), oidc(SECRET));
        refused(
                Problem.FORBIDDEN,
                owner.by(new Credential("t", null, new Limits(Set.of("manage-sign-in"), Set.of(sample.root)))),
                oidc(SECRET));
    }

    @Test
    void whatDoesNotAnswerAsAProviderIsNotTaken() {
        document.set("<html>");
        refused(Problem.INVALID, owner, oidc(SECRET));
        document.set(discovery("https://elsewhere.example"));
        refused(Problem.INVALID, owner, oidc(SECRET));
        document.set(discovery(issuer).replace(issuer + "/token", "file:///etc/passwd"));
        refused(Problem.INVALID, owner, oidc(SECRET));
        for (String url : List.of(
                "http://169.254.169.254/latest",
                "file:///etc/passwd",
                "http://127.0.0.1:1/",
                "http://a:b@127.0.0.1/",
                "x")) {
            refused(
                    Problem.INVALID,
                    owner,
                    new ProviderChange("X", true, new Oidc(url, "bascule", "groups"), SECRET, List.of(), null));
        }
        refused(
                Problem.INVALID,
                owner,
                new ProviderChange(
                        "X",
                        true,
                        new Ldap("http://127.0.0.1", "cn=a", "ou=b", null, "uid", false),
                        SECRET,
                        List.of(),
                        null));
    }

    @Test
    void metadataIsReadWithoutWhatCouldLeadElsewhere() throws Exception {
        String metadata =
                """
                <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="urn:corp">
                <md:IDPSSODescriptor><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate> MII
                B </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
                <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://corp.example/sso"/>
                </md:IDPSSODescriptor></md:EntityDescriptor>""";
        ProviderView made =
                create(new ProviderChange("S", true, new Saml(null, metadata, null, "groups"), null, List.of(), null));
        assertThat(stored(made).facts().getString("singleSignOnServiceUrl")).isEqualTo("https://corp.example/sso");
        assertThat(stored(made).facts().getString("signingCertificate")).isEqualTo("MIIB");
        for (String bad : List.of(
                "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + metadata,
                metadata.replaceAll("(?s)<md:KeyDescriptor.*?</md:KeyDescriptor>", ""),
                metadata.replace("https://corp", "javascript://corp"),
                "nothing")) {
            refused(
                    Problem.INVALID,
                    owner,
                    new ProviderChange("T", true, new Saml(null, bad, null, "groups"), null, List.of(), null));
        }
    }

    @Test
    void whoMapsAGroupMustBeAllowedToGiveWhatItGives() throws Exception {
        String powerful = sample.group();
        sample.delegable(sample.root, powerful, Permission.MANAGE_PERMISSIONS);
        Caller manager = sample.user("manager");
        sample.entry(sample.root, manager.userId(), Permission.MANAGE_SIGN_IN, Effect.ALLOW);
        sample.entry(sample.root, manager.userId(), Permission.SEE_USERS, Effect.ALLOW);
        refused(Problem.DELEGATION, manager, oidc(SECRET, new GroupMapping("admins", powerful)));
        refused(Problem.INVALID, owner, oidc(SECRET, new GroupMapping("admins", sample.root)));
        refused(Problem.INVALID, owner, oidc(SECRET, new GroupMapping("admins", new Sample(domain).group())));
        assertThat(create(oidc(SECRET, new GroupMapping("admins", powerful))).groups())
                .hasSize(1);
    }

    /** Whoever can point a provider elsewhere can be anybody whom it vouches for. */
    @Test
    void whoDecidesWhoIsBelievedMustBeAllowedToGiveWhatTheyHave() throws Exception {
        String powerful = sample.group();
        sample.delegable(sample.root, powerful, Permission.MANAGE_PERMISSIONS);
        Caller manager = sample.user("manager");
        sample.entry(sample.root, manager.userId(), Permission.MANAGE_SIGN_IN, Effect.ALLOW);
        sample.entry(sample.root, manager.userId(), Permission.SEE_USERS, Effect.ALLOW);
        ProviderView mapped = create(oidc(SECRET, new GroupMapping("admins", powerful)));
        List<GroupMapping> groups = mapped.groups();
        Way same = mapped.way();
        // what changes nothing about it goes on being the manager's
        ProviderView renamed = domain.transactions.inNew(() -> providers.change(
                manager, mapped.id(), mapped.revision(), new ProviderChange("Corp", true, same, null, groups, null)));
        List<ProviderChange> refused = List.of(
                new ProviderChange("Corp", true, new Oidc(issuer, "other", "groups"), "s", groups, null),
                new ProviderChange("Corp", true, new Oidc(issuer, "bascule", "roles"), null, groups, null),
                new ProviderChange("Corp", true, same, "another", groups, null));
        for (ProviderChange each : refused) {
            refusedChange(Problem.DELEGATION, manager, renamed, each);
        }
        ProviderView off = domain.transactions.inNew(() -> providers.change(
                manager, mapped.id(), renamed.revision(), new ProviderChange("Corp", false, same, null, groups, null)));
        refusedChange(Problem.DELEGATION, manager, off, new ProviderChange("Corp", true, same, null, groups, null));
        assertThat(change(off, new ProviderChange("Corp", true, same, "another", groups, null))
                        .enabled())
                .isTrue();
    }

    @Test
    void whoDecidesWhoIsBelievedMustBeAllowedToBeEverybodyWhoCame() throws Exception {
        Caller manager = sample.user("manager");
        sample.entry(sample.root, manager.userId(), Permission.MANAGE_SIGN_IN, Effect.ALLOW);
        ProviderView made = create(oidc(SECRET));
        ProviderView changed =
                domain.transactions.inNew(() -> providers.change(manager, made.id(), made.revision(), oidc("another")));
        // came with another one first
        signIn(owner, made.id(), CorporateSignIns.LONGEST);
        refusedChange(Problem.DELEGATION, manager, changed, oidc("a third"));
        Caller anna = sample.user("anna");
        ProviderView second = create(
                new ProviderChange("Second", true, new Oidc(issuer, "bascule", "groups"), SECRET, List.of(), null));
        vouch(second, anna);
        sample.entry(sample.root, sample.group(anna.userId()), Permission.TERMINAL, Effect.ALLOW);
        refusedChange(
                Problem.DELEGATION,
                manager,
                second,
                new ProviderChange("Second", true, second.way(), "a third", List.of(), null));
    }

    /** A provider says who it is whose rights were prepared. */
    @Test
    void whoDecidesWhoIsBelievedMustBeAllowedToBeEverybodyWhoIsAwaited() throws Exception {
        Caller manager = sample.user("manager");
        sample.entry(sample.root, manager.userId(), Permission.MANAGE_SIGN_IN, Effect.ALLOW);
        String theirs = sample.folder(sample.root, "theirs");
        sample.entry(sample.root, manager.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        String awaited = domain.transactions.inNew(() ->
                domain.get(Users.class).create(owner, sample.root, "nadia").id());
        ProviderView made = create(manager, oidc(SECRET));
        sample.entry(sample.root, awaited, Permission.TERMINAL, Effect.ALLOW);
        refusedChange(Problem.DELEGATION, manager, made, oidc("another"));
        refused(Problem.DELEGATION, manager, new ProviderChange("Second", true, made.way(), SECRET, List.of(), null));
        // a partner's people are never those who are awaited
        assertThat(create(manager, partner(theirs)).enabled()).isTrue();
    }

    @Test
    void anInternalNetworkIsNotAskedUnlessTheInstallationSaysSo() throws Exception {
        TestDomain closed = new TestDomain().with(new InternalNetworks(false)).started();
        Sample there = new Sample(closed);
        Caller admin = there.owner();
        for (String host : List.of(
                "127.0.0.1:" + server.getAddress().getPort(),
                "10.0.0.1",
                "172.16.0.1",
                "192.168.0.1",
                "100.64.0.1",
                "169.254.169.254",
                "[::1]",
                "[fd00:ec2::254]",
                "[::ffff:10.0.0.1]",
                "[64:ff9b::a00:1]")) {
            assertThatExceptionOfType(UnusableProviderException.class)
                    .as(host)
                    .isThrownBy(() -> closed.get(ProviderClient.class).get("http://" + host + "/"))
                    .withMessageContaining("not ask");
            assertThatExceptionOfType(UnusableProviderException.class)
                    .as(host)
                    .isThrownBy(() -> closed.get(ProviderClient.class).requireOrdinaryEndpoint("http://" + host + "/"));
            assertThatExceptionOfType(RefusedException.class)
                    .as(host)
                    .isThrownBy(() -> closed.get(IdentityProviders.class)
                            .create(
                                    admin,
                                    new ProviderChange(
                                            "X",
                                            true,
                                            new Ldap("ldap://" + host, "cn=a", "ou=b", null, "uid", false),
                                            SECRET,
                                            List.of(),
                                            null)))
                    .matches(e -> e.fields().get(0).field().equals("ldap.url"));
        }
        closed.get(ProviderClient.class).requireOrdinary("198.51.100.7");
        closed.get(ProviderClient.class).requireOrdinary("[2001:db8::7]");
    }

    /** A name that comes to be known later may lead into the server's own network. */
    @Test
    void onlyWhereBrowsersAreSentMayBeUnknownHere() throws Exception {
        String unknown = "https://unknown.invalid";
        document.set(
                """
                {"issuer":"%s","authorization_endpoint":"%s/a","token_endpoint":"%s/t","jwks_uri":"%s/k","end_session_endpoint":"%s/e"}"""
                        .formatted(issuer, unknown, issuer, issuer, unknown));
        JsonObject facts = stored(create(oidc(SECRET))).facts();
        assertThat(facts.getString("authorizationUrl")).isEqualTo(unknown + "/a");
        assertThat(facts).as("the realm would ask it").doesNotContainKey("logoutUrl");
        for (String member : List.of("token_endpoint", "jwks_uri", "userinfo_endpoint")) {
            document.set(Json.createObjectBuilder(Json.createReader(new StringReader(discovery(issuer)))
                            .readObject())
                    .add(member, unknown)
                    .build()
                    .toString());
            refused(Problem.INVALID, owner, oidc(SECRET));
        }
    }

    @Test
    void withoutEncryptionNobodyIsAskedUnlessTheInstallationTrustsItsNetwork() throws Exception {
        TestDomain closed = new TestDomain().with(new InternalNetworks(false)).started();
        ProviderClient client = closed.get(ProviderClient.class);
        for (String url : List.of("http://198.51.100.7/", "http://[2001:db8::7]/")) {
            assertThatExceptionOfType(UnusableProviderException.class)
                    .isThrownBy(() -> client.get(url))
                    .withMessageContaining("encryption");
            assertThatExceptionOfType(UnusableProviderException.class)
                    .isThrownBy(() -> client.requireOrdinaryEndpoint(url))
                    .withMessageContaining("encryption");
            assertThatExceptionOfType(UnusableProviderException.class)
                    .isThrownBy(() -> client.requireOrdinaryPage(url))
                    .withMessageContaining("encryption");
        }
        client.requireOrdinaryEndpoint("https://198.51.100.7/");
        Caller admin = new Sample(closed).owner();
        for (boolean startTls : List.of(false, true)) {
            ProviderChange change = new ProviderChange(
                    "X",
                    true,
                    new Ldap("ldap://198.51.100.7", "cn=a", "ou=b", null, "uid", startTls),
                    SECRET,
                    List.of(),
                    null);
            ThrowingCallable create = () -> closed.transactions.inNew(
                    () -> closed.get(IdentityProviders.class).create(admin, change));
            if (startTls) {
                closed.transactions.inNew(
                        () -> closed.get(IdentityProviders.class).create(admin, change));
            } else {
                assertThatExceptionOfType(RefusedException.class)
                        .isThrownBy(create)
                        .matches(e -> e.fields().get(0).field().equals("ldap.url"));
            }
        }
    }

    /** The server asks what the document names, too. */
    @Test
    void endpointsAreNotOnTheLinkEither() {
        document.set(discovery(issuer).replace(issuer + "/token", "http://169.254.169.254/token"));
        refused(Problem.INVALID, owner, oidc(SECRET));
    }

    @Test
    void membershipsFollowTheProviderAndNoOthersDo() throws Exception {
        String engineers = sample.group();
        String sales = sample.group();
        Caller anna = sample.user("anna");
        String byHand = sample.group(anna.userId());
        ProviderView made = create(oidc(
                SECRET,
                new GroupMapping("eng", engineers),
                new GroupMapping("sales", sales),
                new GroupMapping("hand", byHand)));
        vouch(made, anna, "eng", "hand", "unknown");
        assertThat(groupsOf(anna)).containsExactlyInAnyOrder(engineers, byHand);
        vouch(made, anna, "sales");
        assertThat(groupsOf(anna)).containsExactlyInAnyOrder(sales, byHand);
        vouch(made, anna);
        assertThat(groupsOf(anna)).containsExactly(byHand);
        assertThat(sample.audited("group.add-member")).hasSize(2);
        assertThat(sample.audited("group.remove-member")).hasSize(2).allSatisfy(entry -> assertThat(entry.userId())
                .isEqualTo(anna.userId()));
    }

    /** A code that cannot be right is refused by who knows the client, and the client by who does not know it. */
    @ParameterizedTest
    @CsvSource({"invalid_grant, OK, true", "invalid_client, REFUSED, false", "server_error, UNPROVED, true"})
    void aTrialSaysWhetherTheSecretIsTaken(String error, TestResult.Code code, boolean ok) throws Exception {
        ProviderView made = create(oidc(SECRET));
        document.set(discovery(issuer).replace("{", "{\"keys\":[],\"error\":\"" + error + "\","));
        TestResult result = providers.test(owner, made.id());
        assertThat(result.code()).isEqualTo(code);
        assertThat(result.isOk()).isEqualTo(ok);
    }

    @Test
    void aSignInWithAProviderEndsAfterItsTimeAndTokensWithIt() throws Exception {
        Caller anna = sample.user("anna");
        sample.entry(sample.root, anna.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        String token = token(anna);
        assertThat(counts(token)).isTrue();
        ProviderView made = create(oidc(SECRET));
        vouch(made, anna);
        assertThat(counts(token)).as("nobody has vouched for a while").isFalse();
        String signIn = signIn(anna, made.id(), CorporateSignIns.LONGEST);
        assertThat(isLive(signIn)).isTrue();
        assertThat(counts(token)).isTrue();
        domain.clock.advance(Duration.ofMinutes(61));
        assertThat(isLive(signIn)).isFalse();
        assertThat(counts(token)).isFalse();
    }

    @Test
    void whomTheDirectoryKnowsNoMoreIsOutWithTokensAndGroups() throws Exception {
        Caller luigi = sample.user("luigi");
        sample.entry(sample.root, luigi.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        String group = sample.group();
        ProviderView made = create(new ProviderChange(
                "Directory",
                true,
                new Ldap("ldap://127.0.0.1:1", "cn=admin", "ou=people", null, "uid", false),
                SECRET,
                List.of(new GroupMapping("staff", group)),
                null));
        vouch(made, luigi, "staff");
        String token = token(luigi);
        String signIn = signIn(luigi, made.id(), null);
        assertThat(counts(token)).isTrue();
        domain.transactions.run(() -> users.gone(sample.id, luigi.actor(), stored(made)));
        assertThat(isLive(signIn)).isFalse();
        assertThat(counts(token)).isFalse();
        assertThat(groupsOf(luigi)).isEmpty();
        assertThat(sample.audited("sign-in.end"))
                .singleElement()
                .extracting(AuditEntry::detail)
                .isEqualTo("Directory knows the user no more");
    }

    @Test
    void corporateSignInAloneLeavesTheBreakGlassAccount() throws Exception {
        Caller anna = sample.user("anna");
        String annas = signIn(anna, null, null);
        String owners = signIn(owner, null, null);
        ProviderView made = create(oidc(SECRET));
        String with = signIn(sample.user("carla"), made.id(), CorporateSignIns.LONGEST);
        domain.transactions.run(() -> domain.sql
                .in(sample.id)
                .statement(
                        "update sign_in_setting set corporate_only = true, break_glass = :owner where domain_id = :domain")
                .set("owner", owner.userId())
                .update());
        assertThat(isLive(annas)).isFalse();
        assertThat(isLive(owners)).isTrue();
        assertThat(isLive(with)).isTrue();
        CorporateSignIns signIns = domain.get(CorporateSignIns.class);
        assertThatExceptionOfType(NotAdmittedException.class)
                .isThrownBy(() -> domain.transactions.inNew(() -> signIns.admit(anna, anna.userId(), null, null)))
                .matches(e -> e.reason() == NotAdmittedException.Reason.CORPORATE_ONLY);
        // the last provider stays
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.transactions.run(() -> providers.delete(owner, made.id(), made.revision())))
                .matches(e -> e.problem() == Problem.CONFLICT);
        assertThat(domain.transactions.inNew(() -> providers.onlyWay(sample.id)))
                .contains(made.id());
    }

    @Test
    void corporateSignInAloneEndsTokensOfTheDomainsOwnAccounts() throws Exception {
        Caller anna = sample.user("anna");
        sample.entry(sample.root, anna.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        Caller carla = sample.user("carla");
        sample.entry(sample.root, carla.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        String annas = token(anna);
        String owners = token(owner);
        String carlas = token(carla);
        ProviderView made = create(oidc(SECRET));
        vouch(made, carla);
        signIn(carla, made.id(), CorporateSignIns.LONGEST);
        assertThat(counts(annas)).isTrue();
        domain.transactions.run(() -> domain.sql
                .in(sample.id)
                .statement(
                        "update sign_in_setting set corporate_only = true, break_glass = :owner where domain_id = :domain")
                .set("owner", owner.userId())
                .update());
        assertThat(counts(annas)).isFalse();
        assertThat(counts(owners)).isTrue();
        assertThat(counts(carlas)).isTrue();
    }

    /** Such as one that was set by a link in a mail. */
    @Test
    void aPasswordOfTheDomainDoesNotReplaceTheProvider() throws Exception {
        Caller anna = sample.user("anna");
        CorporateSignIns signIns = domain.get(CorporateSignIns.class);
        assertThat(domain.transactions.inNew(() -> signIns.admit(anna, anna.userId(), null, null)))
                .isEqualTo(CorporateSignIns.Admission.OWN);
        vouch(create(oidc(SECRET)), anna);
        assertThatExceptionOfType(NotAdmittedException.class)
                .isThrownBy(() -> domain.transactions.inNew(() -> signIns.admit(anna, anna.userId(), null, null)))
                .matches(e -> e.reason() == NotAdmittedException.Reason.PROVIDER_MISSING);
    }

    @Test
    void theBreakGlassAccountStaysAnOwner() throws Exception {
        Caller second = sample.user("second");
        sample.everything(second.userId());
        LastOwner owners = domain.get(LastOwner.class);
        assertThat(domain.transactions.inNew(() -> owners.isLeft(sample.id))).isTrue();
        create(oidc(SECRET));
        domain.transactions.run(() -> domain.sql
                .in(sample.id)
                .statement(
                        "update sign_in_setting set corporate_only = true, break_glass = :other where domain_id = :domain")
                .set("other", sample.user("no owner").userId())
                .update());
        assertThat(domain.transactions.inNew(() -> owners.isLeft(sample.id))).isFalse();
    }

    private ProviderChange off(ProviderView made) {
        return new ProviderChange("Company", false, made.way(), null, List.of(), null);
    }

    /** Nobody could switch it on again: that takes the rights of those who came with it. */
    @Test
    void theProviderOfAllOwnersIsNotSwitchedOff() throws Exception {
        Caller manager = sample.user("manager");
        sample.entry(sample.root, manager.userId(), Permission.MANAGE_SIGN_IN, Effect.ALLOW);
        ProviderView made = create(oidc(SECRET));
        vouch(made, owner);
        refusedChange(Problem.LAST_OWNER, manager, made, off(made));
        refusedChange(Problem.LAST_OWNER, owner, made, off(made));
        Partner partner = new Partner(
                Set.of(sample.folder(sample.root, "theirs")),
                domain.clock.instant().plus(Duration.ofDays(30)));
        refusedChange(
                Problem.LAST_OWNER,
                owner,
                made,
                new ProviderChange("Company", true, made.way(), null, List.of(), partner));
        assertThat(stored(made).enabled()).isTrue();

        Caller second = sample.user("second");
        sample.everything(second.userId());
        assertThat(change(made, off(made)).enabled()).isFalse();
        LastOwner owners = domain.get(LastOwner.class);
        assertThat(domain.transactions.inNew(
                        () -> owners.canSignIn(sample.id, List.of(owner.userId(), second.userId()))))
                .containsExactly(second.userId());
    }

    @Test
    void leaversAndPartnersAreNoOwnersToRelyOn() throws Exception {
        Caller luigi = sample.user("luigi");
        Caller paul = sample.user("paul");
        for (Caller each : List.of(luigi, paul)) {
            sample.delegable(sample.root, each.userId(), Permission.MANAGE_PERMISSIONS);
        }
        ProviderView directory = create(new ProviderChange(
                "Directory",
                true,
                new Ldap("ldap://127.0.0.1:1", "cn=admin", "ou=people", null, "uid", false),
                SECRET,
                List.of(),
                null));
        vouch(directory, luigi);
        vouch(create(partner(sample.folder(sample.root, "theirs"))), paul);
        LastOwner owners = domain.get(LastOwner.class);
        List<String> all = List.of(luigi.userId(), paul.userId());
        assertThat(domain.transactions.inNew(() -> owners.canSignIn(sample.id, all)))
                .containsExactly(luigi.userId());
        domain.transactions.run(() -> users.gone(sample.id, luigi.actor(), stored(directory)));
        assertThat(domain.transactions.inNew(() -> owners.canSignIn(sample.id, all)))
                .isEmpty();
    }

    /** As domains may be from a time in which less was demanded of an owner. */
    @Test
    void aCompanyTakesWhatItGaveAlsoWhereThereIsNoOwner() throws Exception {
        Caller anna = sample.user("anna");
        String group = sample.group();
        ProviderView made = create(oidc(SECRET, new GroupMapping("admins", group)));
        vouch(made, anna, "admins");
        domain.sql
                .in(sample.id)
                .statement(
                        "update acl_entry set delegable = false where domain_id = :domain and permission = :permission")
                .set("permission", Permission.SEE_USERS.code())
                .update();
        domain.get(RightsVersion.class).changed(sample.id);
        vouch(made, anna);
        assertThat(groupsOf(anna)).isEmpty();
    }

    @Test
    void whoCameWithAProviderThatIsRemovedIsSwitchedOff() throws Exception {
        Caller anna = sample.user("anna");
        String group = sample.group();
        String byHand = sample.group(anna.userId());
        ProviderView made = create(oidc(SECRET, new GroupMapping("eng", group)));
        vouch(made, anna, "eng");
        String signIn = signIn(anna, made.id(), CorporateSignIns.LONGEST);
        domain.transactions.run(() -> providers.delete(owner, made.id(), made.revision()));
        assertThat(isLive(signIn)).isFalse();
        assertThat(groupsOf(anna)).containsExactly(byHand);
        assertThat(domain.sql
                        .in(sample.id)
                        .statement("select enabled from user_ref where domain_id = :domain and id = :id")
                        .set("id", anna.userId())
                        .first(row -> row.flag(1)))
                .contains(false);
        assertThat(domain.transactions.inNew(() -> providers.list(owner))).isEmpty();
    }
}
