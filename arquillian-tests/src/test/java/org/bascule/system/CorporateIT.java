package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import com.unboundid.ldif.LDIFException;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.net.InetAddress;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * People who come with their company's identity provider or are in its directory (IDN-7): another realm as OpenID and SAML provider, and UnboundID's directory
 * in memory.
 */
@ExtendWith(RunningSystem.class)
class CorporateIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String PASSWORD = "Corp-pass-1";

    private final TheSystem system = TheSystem.get();
    private final String number = UUID.randomUUID().toString().substring(0, 8);
    private final String company = "company-" + number;
    private final String keycloak = system.realmUrl().replaceFirst("/realms/.*", "");
    private final String realmUrl = keycloak + "/realms/" + system.otherDomain();

    private static JsonObjectBuilder object() {
        return Json.createObjectBuilder();
    }

    private static JsonArrayBuilder array(String... texts) {
        return Json.createArrayBuilder(List.of(texts));
    }

    /** The company's own identity provider, with a person in a group. */
    private RealmAdmin company(String person, String group) {
        RealmAdmin realm = system.realmMaker(company);
        JsonObject oidc = object().add("clientId", "bascule")
                .add("secret", "corp-secret")
                .add("publicClient", false)
                .add("redirectUris", array(realmUrl + "/broker/*"))
                .add(
                        "protocolMappers",
                        Json.createArrayBuilder()
                                .add(object().add("name", "groups")
                                        .add("protocol", "openid-connect")
                                        .add("protocolMapper", "oidc-group-membership-mapper")
                                        .add(
                                                "config",
                                                object().add("full.path", "false")
                                                        .add("id.token.claim", "true")
                                                        .add("userinfo.token.claim", "true")
                                                        .add("claim.name", "groups"))))
                .build();
        JsonObject saml = object().add("clientId", realmUrl)
                .add("protocol", "saml")
                .add("redirectUris", array(realmUrl + "/broker/*"))
                .add("frontchannelLogout", true)
                .add(
                        "attributes",
                        object().add("saml.client.signature", "false")
                                .add("saml.server.signature", "true")
                                .add("saml.assertion.signature", "true")
                                .add("saml.force.post.binding", "true")
                                .add("saml_name_id_format", "username")
                                .add("saml_force_name_id_format", "true"))
                .add(
                        "protocolMappers",
                        Json.createArrayBuilder()
                                .add(object().add("name", "groups")
                                        .add("protocol", "saml")
                                        .add("protocolMapper", "saml-group-membership-mapper")
                                        .add(
                                                "config",
                                                object().add("attribute.name", "groups")
                                                        .add("attribute.nameformat", "Basic")
                                                        .add("single", "true")
                                                        .add("full.path", "false"))))
                .build();
        realm.create(object().add("realm", company)
                .add("enabled", true)
                .add("groups", Json.createArrayBuilder().add(object().add("name", group)))
                .add("clients", Json.createArrayBuilder().add(oidc).add(saml))
                .add(
                        "users",
                        Json.createArrayBuilder()
                                .add(object().add("username", person)
                                        .add("enabled", true)
                                        .add("email", person + "@corp.test")
                                        .add("emailVerified", true)
                                        .add("firstName", "C")
                                        .add("lastName", "Corp")
                                        .add("groups", array("/" + group))
                                        .add(
                                                "credentials",
                                                Json.createArrayBuilder()
                                                        .add(object().add("type", "password")
                                                                .add("value", PASSWORD)
                                                                .add("temporary", false)))))
                .build());
        return realm;
    }

    private JsonObjectBuilder oidc(String name) {
        return object().add("kind", "oidc")
                .add("name", name)
                .add("enabled", true)
                .add(
                        "oidc",
                        object().add("issuer", keycloak + "/realms/" + company)
                                .add("clientId", "bascule")
                                .add("clientSecret", "corp-secret"))
                .add("groups", Json.createArrayBuilder());
    }

    private static JsonArrayBuilder mapping(String theirs, String ours) {
        return Json.createArrayBuilder().add(object().add("theirs", theirs).add("ours", ours));
    }

    /** Adds a provider, tries it, and waits until the realm has it. */
    private JsonObject add(JsonObjectBuilder provider) {
        JsonObject made = Api.json(Api.expect(
                201, other().post("/api/identity-providers", provider.build().toString())));
        awaitRealm();
        JsonObject tried = Api.json(
                Api.expect(200, other().post("/api/identity-providers/" + made.getString("id") + "/test", "")));
        assertThat(tried.getBoolean("ok")).as(tried.toString()).isTrue();
        return made;
    }

    private void awaitRealm() {
        Eventually.within(SOON, "the realm has it", () -> settings()
                .getJsonObject("state")
                .getBoolean("applied"));
    }

    /** With a new access token: some of this takes longer than one lives. */
    private Api other() {
        return system.otherApi();
    }

    private JsonObject settings() {
        return other().getJson("/api/sign-in-settings");
    }

    private void remove(JsonObject provider) {
        String path = "/api/identity-providers/" + provider.getString("id");
        String etag = other().getJson(path).getString("etag");
        Api.expect(
                204, other().send("DELETE", path, HttpRequest.BodyPublishers.noBody(), "If-Match", "\"" + etag + "\""));
        awaitRealm();
    }

    private String group(String name) {
        return Api.json(Api.expect(
                        201,
                        other().post(
                                        "/api/groups",
                                        object().add("name", name + " " + number)
                                                .add("folder", other().rootFolder())
                                                .build()
                                                .toString())))
                .getString("id");
    }

    private List<String> members(String group) {
        return other().items("/api/groups/" + group + "/members").stream()
                .map(one -> one.getString("name"))
                .toList();
    }

    /** Through the button of the domain's own page. */
    private void with(Page page, String button, String person) {
        SignInPages pages = new SignInPages(page, system.url());
        pages.chooseDomain(system.otherDomain());
        page.getByText(button, new Page.GetByTextOptions().setExact(true))
                .first()
                .click();
        page.waitForURL(Pattern.compile(".*/realms/" + company + "/.*"));
        pages.password(person, PASSWORD);
    }

    private APIResponse get(Page page, String path) {
        return new SignInPages(page, system.url()).get(path);
    }

    private String me(Page page) {
        return get(page, "/api/me").text();
    }

    private int status(Page page) {
        return get(page, "/api/me").status();
    }

    @Test
    void peopleOfAnOpenIdProviderComeWithTheirGroupsAndNothingElse() {
        String carla = "carla." + number;
        RealmAdmin realm = company(carla, "engineers");
        String ours = group("Engineers");
        JsonObject provider = add(oidc("Company " + number).add("groups", mapping("engineers", ours)));
        assertThat(provider.toString()).doesNotContain("corp-secret");
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            with(page, "Company " + number, carla);
            new SignInPages(page, system.url()).expectDevices();
            assertThat(me(page)).contains(carla);
            assertThat(members(ours)).containsExactly(carla);
            assertThat(get(page, "/api/identity-providers").status()).isEqualTo(403);
        }
        JsonObject person = realm.list("/users?username=" + carla).get(0);
        JsonObject theirs = realm.list("/groups?search=engineers").get(0);
        Api.expect(
                204,
                realm.change("DELETE", "/users/" + person.getString("id") + "/groups/" + theirs.getString("id"), ""));
        try (BrowserContext again = system.chromium().person()) {
            Page page = again.newPage();
            with(page, "Company " + number, carla);
            new SignInPages(page, system.url()).expectDevices();
            assertThat(members(ours)).isEmpty();
            // the provider signs everybody out: the realm hears of it and tells us
            remove(provider);
            Eventually.within(SOON, "the sign-in has ended", () -> status(page) == 401);
        }
        assertThat(other().items("/api/audit?limit=200&code=group.remove-member")
                        .toString())
                .contains(carla);
    }

    @Test
    void theLogOutOfTheProviderIsHonoured() {
        String carla = "carla." + number;
        RealmAdmin realm = company(carla, "engineers");
        JsonObject provider = add(oidc("Company " + number));
        JsonObject client = realm.list("/clients?clientId=bascule").get(0);
        Api.expect(
                204,
                realm.change(
                        "PUT",
                        "/clients/" + client.getString("id"),
                        object().add("clientId", "bascule")
                                .add(
                                        "attributes",
                                        object().add("backchannel.logout.url", provider.getString("logoutUri"))
                                                .add("backchannel.logout.session.required", "true"))
                                .build()
                                .toString()));
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            with(page, "Company " + number, carla);
            new SignInPages(page, system.url()).expectDevices();
            String id = realm.list("/users?username=" + carla).get(0).getString("id");
            Api.expect(204, realm.change("POST", "/users/" + id + "/logout", "{}"));
            Eventually.within(SOON, "the sign-in has ended", () -> status(page) == 401);
        } finally {
            remove(provider);
        }
    }

    /** Also of whom nothing is known here, because the sign-in was never finished. */
    @Test
    void aPasswordIsNotTheirsToSet() {
        String carla = "carla." + number;
        company(carla, "engineers");
        JsonObject provider = add(oidc("Company " + number));
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            RealmPages realm = new RealmPages(page, keycloak + "/realms/" + system.otherDomain());
            realm.open(Map.of("kc_idp_hint", provider.getString("id"), "kc_action", "UPDATE_PASSWORD"));
            new SignInPages(page, system.url()).password(carla, PASSWORD);
            realm.signedIn();
        } finally {
            remove(provider);
        }
    }

    /** Somebody who is here already, by another way, is not taken over. */
    @Test
    void aNameIsNotEnoughToBeSomebody() {
        company("automation", "engineers");
        JsonObject provider = add(oidc("Company " + number));
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            with(page, "Company " + number, "automation");
            page.waitForURL(Pattern.compile(".*/realms/" + system.otherDomain() + "/.*"));
            assertThat(new SignInPages(page, system.url()).refusal())
                    .startsWith("There is an account of this name here already");
            page.navigate(system.url() + "/");
            page.waitForURL(Pattern.compile(".*/login(\\?.*)?$"));
        } finally {
            remove(provider);
        }
    }

    @Test
    void aPartnersPeopleReachTheirFoldersUntilTheEnd() {
        String paul = "paul." + number;
        company(paul, "technicians");
        String ours = group("Technicians");
        String folder = Api.json(Api.expect(
                        201,
                        other().post(
                                        "/api/folders",
                                        object().add("name", "Theirs " + number)
                                                .add("parent", other().rootFolder())
                                                .build()
                                                .toString())))
                .getString("id");
        Api.expect(
                201,
                other().post(
                                "/api/access/entries",
                                object().add("resource", other().rootFolder())
                                        .add("principal", ours)
                                        .add("permissions", array("see-resources"))
                                        .add("effect", "allow")
                                        .build()
                                        .toString()));
        JsonObjectBuilder change = oidc("Partner " + number)
                .add("groups", mapping("technicians", ours))
                .add(
                        "partner",
                        object().add("folders", array(folder))
                                .add("ends", Instant.now().plusSeconds(3_600).toString()));
        JsonObject provider = add(change);
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            with(page, "Partner " + number, paul);
            new SignInPages(page, system.url()).expectDevices();
            assertThat(me(page)).contains(paul + "@partner-" + number);
            assertThat(members(ours)).hasSize(1);
            assertThat(new SignInPages(page, system.url())
                            .getJson("/api/folders")
                            .getJsonArray("items")
                            .getValuesAs(JsonObject.class))
                    .extracting(one -> one.getString("name"))
                    .containsExactly("Theirs " + number);

        } finally {
            remove(provider);
        }
    }

    @Test
    void peopleOfASamlProviderComeWithTheirGroups() {
        String sam = "sam." + number;
        company(sam, "engineers");
        String ours = group("Saml");
        JsonObject provider = add(object().add("kind", "saml")
                .add("name", "Saml " + number)
                .add("enabled", true)
                .add("saml", object().add("metadataUrl", keycloak + "/realms/" + company + "/protocol/saml/descriptor"))
                .add("groups", mapping("engineers", ours)));
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            with(page, "Saml " + number, sam);
            new SignInPages(page, system.url()).expectDevices();
            assertThat(me(page)).contains(sam);
            assertThat(members(ours)).containsExactly(sam);
        } finally {
            remove(provider);
        }
    }

    /** A company's directory with one person in one group. */
    static InMemoryDirectoryServer directory(String person) throws LDAPException, LDIFException {
        InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=corp,dc=test");
        config.addAdditionalBindCredentials("cn=admin,dc=corp,dc=test", "secret");
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig("ldap", InetAddress.getLoopbackAddress(), 0, null));
        InMemoryDirectoryServer server = new InMemoryDirectoryServer(config);
        server.add("dn: dc=corp,dc=test", "objectClass: top", "objectClass: domain", "dc: corp");
        for (String unit : List.of("people", "groups")) {
            server.add("dn: ou=" + unit + ",dc=corp,dc=test", "objectClass: organizationalUnit", "ou: " + unit);
        }
        server.add(
                "dn: uid=" + person + ",ou=people,dc=corp,dc=test",
                "objectClass: inetOrgPerson",
                "uid: " + person,
                "cn: Luigi",
                "sn: Verdi",
                "givenName: Luigi",
                "mail: luigi@corp.test",
                "userPassword: " + PASSWORD);
        server.add(
                "dn: cn=staff,ou=groups,dc=corp,dc=test",
                "objectClass: groupOfNames",
                "cn: staff",
                "member: uid=" + person + ",ou=people,dc=corp,dc=test");
        server.startListening();
        return server;
    }

    @Test
    void whoLeavesTheDirectoryIsOutWithinMinutes() throws Exception {
        String luigi = "luigi." + number;
        InMemoryDirectoryServer directory = directory(luigi);
        String ours = group("Staff");
        JsonObject provider = null;
        try (BrowserContext person = system.chromium().person()) {
            provider = add(object().add("kind", "ldap")
                    .add("name", "Directory " + number)
                    .add("enabled", true)
                    .add(
                            "ldap",
                            object().add("url", "ldap://127.0.0.1:" + directory.getListenPort())
                                    .add("bindDn", "cn=admin,dc=corp,dc=test")
                                    .add("bindPassword", "secret")
                                    .add("usersDn", "ou=people,dc=corp,dc=test")
                                    .add("groupsDn", "ou=groups,dc=corp,dc=test"))
                    .add("groups", mapping("staff", ours)));
            Page page = person.newPage();
            SignInPages pages = new SignInPages(page, system.url());
            pages.signIn(system.otherDomain(), luigi, PASSWORD);
            assertThat(me(page)).contains(luigi);
            assertThat(members(ours)).containsExactly(luigi);
            directory.modify(
                    "cn=staff,ou=groups,dc=corp,dc=test",
                    new Modification(ModificationType.REPLACE, "member", "uid=nobody,ou=people,dc=corp,dc=test"));
            // as if the minute until the directory is asked again were over
            new DatabaseContent(system.database())
                    .change(
                            "update corporate_user set checked = checked - interval 2 minute where provider_id = ?",
                            provider.getString("id"));
            Eventually.within(Duration.ofMinutes(3), "the membership has ended", () -> members(ours)
                    .isEmpty());
            assertThat(status(page)).isEqualTo(200);
            directory.delete("uid=" + luigi + ",ou=people,dc=corp,dc=test");
            Eventually.within(Duration.ofMinutes(5), "the leaver is out", () -> status(page) == 401);
        } finally {
            if (provider != null) {
                remove(provider);
            }
            directory.shutDown(true);
        }
    }

    @Test
    void wherePeopleComeWithTheirProviderAloneOneOwnerHasAnotherWay() {
        String carla = "carla." + number;
        company(carla, "engineers");
        JsonObject provider = add(oidc("Company " + number));
        JsonObject before = settings();
        String owner = other().items("/api/users?q=admin").get(0).getString("id");
        try {
            put(Json.createObjectBuilder(before)
                    .add("corporateOnly", true)
                    .add("breakGlass", owner)
                    .build());
            try (BrowserContext person = system.chromium().person()) {
                Page page = person.newPage();
                new SignInPages(page, system.url()).chooseDomain(system.otherDomain());
                // at once, without a page of the domain's own
                page.waitForURL(Pattern.compile(".*/realms/" + company + "/.*"));
                new SignInPages(page, system.url()).password(carla, PASSWORD);
                new SignInPages(page, system.url()).expectDevices();
            }
            try (BrowserContext person = system.chromium().person()) {
                Page page = person.newPage();
                page.navigate(system.url() + "/login?local=true&domain=" + system.otherDomain());
                SignInPages pages = new SignInPages(page, system.url());
                pages.password("admin", system.otherUser("admin").password());
                // the first password was right: it has to be changed
                page.locator("#password-new").waitFor();
            }
            // who made the rule comes in no more than others
            assertThat(other().get("/api/me").statusCode()).isEqualTo(401);
        } finally {
            assertThat(new DatabaseContent(system.database())
                            .change(
                                    "update sign_in_setting set corporate_only = false where domain_id = (select id from domain where name = ?)",
                                    system.otherDomain()))
                    .isOne();
            put(before);
            remove(provider);
        }
    }

    private void put(JsonObject settings) {
        Api.expect(
                200,
                other().put(
                                "/api/sign-in-settings",
                                settings.toString(),
                                "If-Match",
                                "\"" + settings().getString("etag") + "\""));
    }
}
