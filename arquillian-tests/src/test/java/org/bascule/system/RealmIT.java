package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Realms that the access server makes and looks after, and the accounts in them, with a real Keycloak (IDN-1 to IDN-4, IDN-11). */
@ExtendWith(RunningSystem.class)
class RealmIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration LATER = Duration.ofMinutes(2);
    private static final Pattern REFUSED = Pattern.compile("\"status\":40[139]");

    private final TheSystem system = TheSystem.get();
    private final DatabaseContent database = new DatabaseContent(system.database());
    private final Api operator = system.api("automation");
    private final Api other = system.otherApi();
    private final String number = UUID.randomUUID().toString().substring(0, 8);

    private JsonObject begin(String name) {
        JsonObject body = Json.createObjectBuilder()
                .add("name", name)
                .add("owner", Json.createObjectBuilder().add("name", "karl.owner"))
                .build();
        return Api.json(Api.expect(202, operator.post("/api/domains", body.toString())));
    }

    private JsonObject domain(String id) {
        return operator.getJson("/api/domains/" + id);
    }

    private void awaitReady(String id) {
        Eventually.within(
                LATER, "the domain", () -> domain(id).getString("state").equals("ready"));
        Eventually.within(
                LATER, "its realm", () -> domain(id).getJsonObject("realmState").getBoolean("applied"));
    }

    @Test
    void aDomainIsMadeWithItsRealmAndItsOwnerSignsIn() {
        String name = "Made " + number;
        JsonObject begun = begin(name);
        String first = begun.getString("firstPassword");
        awaitReady(begun.getString("id"));
        assertThat(operator.post("/api/domains", "{\"name\":\"" + name + "\",\"owner\":{\"name\":\"karl\"}}")
                        .statusCode())
                .isEqualTo(409);
        assertThat(domain(begun.getString("id")).containsKey("firstPassword")).isFalse();
        String password = "Second-" + first;
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            SignInPages pages = new SignInPages(page, system.url());
            pages.chooseDomain(name);
            pages.password("karl.owner", first);
            // the realm asks for both, in its own order
            page.locator("#password-new, #kc-totp-secret-key").first().waitFor();
            if (page.locator("#password-new").isVisible()) {
                pages.newPassword(password);
                pages.enrolTotp();
            } else {
                pages.enrolTotp();
                pages.newPassword(password);
            }
            pages.expectDevices();
            JsonObject me = pages.getJson("/api/me");
            assertThat(me.getJsonObject("domain").getString("name")).isEqualTo(name);
            assertThat(me.getJsonObject("permissions").getJsonArray("domain").getValuesAs(JsonString.class))
                    .extracting(JsonString::getString)
                    .contains("manage-permissions", "manage-sign-in");
            // in a domain that is not the operator's the permission means nothing
            assertThat(pages.get("/api/domains").status()).isEqualTo(403);
        }
    }

    /** Nobody answers when it begins; what was asked for is done when somebody does. */
    @Test
    void aCreationGoesOnWhenKeycloakComesBack() throws Exception {
        JsonObject begun;
        system.demo().kill("keycloak");
        try {
            begun = begin("Away " + number);
            Eventually.within(
                    SOON, "it has failed", () -> domain(begun.getString("id")).getInt("attempts") > 0);
            assertThat(domain(begun.getString("id")).getString("error")).isEqualTo("Keycloak does not answer");
        } finally {
            system.demo().start("keycloak");
        }
        awaitReady(begun.getString("id"));
    }

    /** The realm was made, and whoever made it died before noting it. */
    @Test
    void aCreationThatWasBrokenOffAfterItsRealmIsCompleted() {
        JsonObject held = held("Broken ");
        String id = held.getString("id");
        JsonObject ours = realm(held.getString("realm"), id);
        system.realmMaker(held.getString("realm")).create(ours);
        database.change("update domain_creation set lease_until = null where id = ?", id);
        awaitReady(id);
        RealmAdmin realm = system.realmAdmin(held.getString("realm"));
        assertThat(realm.list("/clients?clientId=bascule-web")).hasSize(1);
        assertThat(realm.object("").getString("passwordPolicy")).startsWith("length(8)");
    }

    /** A realm of that name that is somebody else's is neither used nor removed. */
    @Test
    void aCreationIsTakenBackAndLeavesWhatIsNotItsOwn() {
        JsonObject held = held("Foreign ");
        String id = held.getString("id");
        system.realmMaker(held.getString("realm"))
                .create(Json.createObjectBuilder(realm(held.getString("realm"), "somebody else"))
                        .build());
        database.change("update domain_creation set lease_until = null where id = ?", id);
        Eventually.within(SOON, "it is refused", () -> domain(id).getInt("attempts") > 0);
        assertThat(domain(id).getString("state")).isEqualTo("creating");
        Api.expect(200, operator.post("/api/domains/" + id + "/cancel", ""));
        Eventually.within(
                LATER, "it is undone", () -> domain(id).getString("state").equals("undone"));
        assertThat(system.realmMaker(held.getString("realm")).exists()).isTrue();
        JsonObject own = held("Own ");
        String ownId = own.getString("id");
        system.realmMaker(own.getString("realm")).create(realm(own.getString("realm"), ownId));
        Api.expect(200, operator.post("/api/domains/" + ownId + "/cancel", ""));
        database.change("update domain_creation set lease_until = null where id = ?", ownId);
        Eventually.within(
                LATER, "it is undone", () -> domain(ownId).getString("state").equals("undone"));
        assertThat(system.realmMaker(own.getString("realm")).exists()).isFalse();
    }

    /** A creation that no node works on, as if the one that does had died. */
    private JsonObject held(String prefix) {
        for (int attempt = 0; attempt < 20; attempt++) {
            JsonObject begun = begin(prefix + number + " " + attempt);
            int taken = database.change(
                    "update domain_creation set lease_until = utc_timestamp() + interval 1 hour"
                            + " where id = ? and lease_until is null and step = 'realm' and attempts = 0",
                    begun.getString("id"));
            if (taken == 1) {
                return begun;
            }
        }
        throw new AssertionError("the server was always quicker");
    }

    private JsonObject realm(String name, String domainId) {
        return Json.createObjectBuilder()
                .add("realm", name)
                .add("enabled", true)
                .add("attributes", Json.createObjectBuilder().add("bascule.domain", domainId))
                .add(
                        "clients",
                        Json.createArrayBuilder()
                                .add(Json.createObjectBuilder()
                                        .add("clientId", "bascule-server")
                                        .add("secret", system.realmSecret())
                                        .add("publicClient", false)
                                        .add("standardFlowEnabled", false)
                                        .add("serviceAccountsEnabled", true)))
                .add(
                        "users",
                        Json.createArrayBuilder()
                                .add(Json.createObjectBuilder()
                                        .add("username", "service-account-bascule-server")
                                        .add("enabled", true)
                                        .add("serviceAccountClientId", "bascule-server")
                                        .add(
                                                "clientRoles",
                                                Json.createObjectBuilder()
                                                        .add(
                                                                "realm-management",
                                                                Json.createArrayBuilder(List.of(
                                                                        "manage-realm",
                                                                        "manage-users",
                                                                        "manage-clients",
                                                                        "manage-identity-providers",
                                                                        "view-events",
                                                                        "view-users",
                                                                        "query-users",
                                                                        "query-groups",
                                                                        "view-realm"))))))
                .build();
    }

    private JsonObject settings() {
        return other.getJson("/api/sign-in-settings");
    }

    private void put(JsonObject settings) {
        Api.expect(
                200,
                other.put(
                        "/api/sign-in-settings",
                        settings.toString(),
                        "If-Match",
                        "\"" + settings().getString("etag") + "\""));
        Eventually.within(SOON, "the realm has them", () -> settings()
                .getJsonObject("state")
                .getBoolean("applied"));
    }

    @Test
    void settingsOfADomainReachItsRealmWithinSeconds() {
        JsonObject before = settings();
        RealmAdmin realm = system.realmAdmin(system.otherDomain());
        try {
            put(Json.createObjectBuilder(before)
                    .add(
                            "password",
                            Json.createObjectBuilder()
                                    .add("minLength", 12)
                                    .add("classes", 4)
                                    .add("history", 5)
                                    .add("notUserName", true))
                    .add(
                            "session",
                            Json.createObjectBuilder().add("idleMinutes", 45).add("maxHours", 6))
                    .build());
            JsonObject changed = realm.object("");
            assertThat(changed.getString("passwordPolicy"))
                    .startsWith("length(12)")
                    .contains("passwordHistory(5)", "notUsername");
            assertThat(changed.getInt("ssoSessionIdleTimeout")).isEqualTo(2_700);
            assertThat(changed.getInt("ssoSessionMaxLifespan")).isEqualTo(21_600);
        } finally {
            put(before);
        }
        assertThat(realm.object("").getString("passwordPolicy")).startsWith("length(8)");
    }

    /** As after an upgrade: another flow, another client, fewer texts. What people have set stays, and they can go on. */
    @Test
    void aRealmThatIsBehindIsBroughtUpAndItsUsersNoticeNothing() {
        RealmAdmin realm = system.realmAdmin(system.otherDomain());
        String bound = realm.object("").getString("browserFlow");
        List<String> flow = shape(realm, bound);
        JsonObject web = realm.list("/clients?clientId=bascule-web").get(0);
        int users = realm.list("/users?max=100").size();
        Api.expect(
                204,
                realm.change(
                        "PUT",
                        "",
                        "{\"browserFlow\":\"browser\",\"ssoSessionIdleTimeout\":77,\"attributes\":{\"mine\":\"kept\"}}"));
        JsonObject execution = realm.list("/authentication/flows/" + RealmAdmin.encoded(bound) + "/executions")
                .get(0);
        assertThat(realm.change(
                                "PUT",
                                "/authentication/flows/" + RealmAdmin.encoded(bound) + "/executions",
                                Json.createObjectBuilder(execution)
                                        .add("requirement", "DISABLED")
                                        .build()
                                        .toString())
                        .statusCode())
                .isBetween(200, 299);
        Api.expect(
                204,
                realm.change(
                        "PUT",
                        "/clients/" + web.getString("id"),
                        Json.createObjectBuilder(web)
                                .add("redirectUris", Json.createArrayBuilder().add("https://evil.example/*"))
                                .build()
                                .toString()));
        int behind = database.change(
                "update realm_state set applied_base = null where domain_id = (select id from domain where name = ?)",
                system.otherDomain());
        assertThat(behind).isEqualTo(1);
        Eventually.within(
                SOON, "up to date", () -> settings().getJsonObject("state").getBoolean("applied"));
        JsonObject now = realm.object("");
        assertThat(now.getInt("ssoSessionIdleTimeout")).isEqualTo(1_800);
        assertThat(now.getJsonObject("attributes").getString("mine")).isEqualTo("kept");
        assertThat(shape(realm, now.getString("browserFlow"))).isEqualTo(flow);
        assertThat(realm.list("/authentication/flows").stream()
                        .map(one -> one.getString("alias"))
                        .filter(alias -> alias.startsWith(bound)))
                .containsExactly(now.getString("browserFlow"));
        assertThat(realm.list("/clients?clientId=bascule-web").get(0).getJsonArray("redirectUris"))
                .isEqualTo(web.getJsonArray("redirectUris"));
        assertThat(realm.list("/users?max=100")).hasSize(users);
        assertThat(system.otherAccessToken()).isNotEmpty();
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            new SignInPages(page, system.url())
                    .signIn(
                            system.otherDomain(),
                            "automation",
                            system.otherUser("automation").password());
        }
    }

    private static List<String> shape(RealmAdmin realm, String flow) {
        return realm.list("/authentication/flows/" + RealmAdmin.encoded(flow) + "/executions").stream()
                .map(one -> one.getInt("level") + one.getString("providerId", "") + one.getString("requirement"))
                .toList();
    }

    private JsonObject make(String name) {
        JsonObject body = Json.createObjectBuilder()
                .add("name", name)
                .add("folder", other.rootFolder())
                .add("account", Json.createObjectBuilder().add("firstPassword", true))
                .add("email", name + "@example.com")
                .build();
        return Api.json(Api.expect(201, other.post("/api/users", body.toString())));
    }

    private HttpResponse<String> patch(String id, String body) {
        String etag = other.getJson("/api/users/" + id).getString("etag");
        return other.patch("/api/users/" + id, body, "If-Match", "\"" + etag + "\"");
    }

    @Test
    void aUserMadeByAnAdministratorChangesTheFirstPassword() {
        String name = "anna." + number;
        JsonObject made = make(name);
        String id = made.getString("id");
        String first = made.getString("firstPassword");
        JsonObject account = other.getJson("/api/users/" + id + "/account");
        assertThat(account.getBoolean("exists")).isTrue();
        assertThat(account.getBoolean("passwordChange")).isTrue();
        assertThat(account.getString("email")).isEqualTo(name + "@example.com");
        assertThat(account.getJsonArray("factors").getJsonObject(0).getString("kind"))
                .isEqualTo("password");
        assertThat(other.post(
                                "/api/users",
                                "{\"name\":\"" + name.toUpperCase(java.util.Locale.ROOT) + "\",\"folder\":\""
                                        + other.rootFolder() + "\",\"account\":{\"firstPassword\":true}}")
                        .statusCode())
                .isEqualTo(409);
        String own = "Own-" + first;
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            SignInPages pages = new SignInPages(page, system.url());
            pages.chooseDomain(system.otherDomain());
            pages.password(name, first);
            pages.newPassword(own);
            pages.expectDevices();
            assertThat(other.getJson("/api/users/" + id + "/account").getBoolean("passwordChange"))
                    .isFalse();
            // the administrator switches the account off: refused with the next request
            JsonObject off = Api.json(Api.expect(200, patch(id, "{\"enabled\":false}")));
            assertThat(off.getBoolean("enabled")).isFalse();
            // the page that is open goes there by itself, and says why
            page.waitForURL(url -> url.contains("/login?error=account-disabled"));
            Eventually.within(SOON, "the session has ended", () -> pages.get("/api/me")
                    .text()
                    .matches("(?s).*" + REFUSED + ".*"));
        }
        assertThat(system.realmAdmin(system.otherDomain())
                        .object("/users/" + id)
                        .getBoolean("enabled"))
                .isFalse();
        Api.expect(200, patch(id, "{\"enabled\":true,\"email\":null}"));
        assertThat(other.getJson("/api/users/" + id + "/account").isNull("email"))
                .isTrue();
        String reset = Api.json(Api.expect(200, other.post("/api/users/" + id + "/password-reset", "")))
                .getString("firstPassword");
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            SignInPages pages = new SignInPages(page, system.url());
            pages.chooseDomain(system.otherDomain());
            pages.password(name, reset);
            pages.newPassword("Another-" + reset);
            pages.expectDevices();
        }
    }

    @Test
    void aUserWhoHasSignedInIsRenamedWithHisAccount() {
        String name = "cleo." + number;
        String renamed = "cleo.berg." + number;
        JsonObject made = make(name);
        String id = made.getString("id");
        String first = made.getString("firstPassword");
        String own = "Own-" + first;
        try (BrowserContext person = system.chromium().person()) {
            SignInPages pages = new SignInPages(person.newPage(), system.url());
            pages.chooseDomain(system.otherDomain());
            pages.password(name, first);
            pages.newPassword(own);
            pages.expectDevices();
            String taken = "taken." + number;
            make(taken);
            Api.expect(409, patch(id, "{\"name\":\"" + taken + "\"}"));
            Api.expect(422, patch(id, "{\"name\":\"Cleo Berg\"}"));
            assertThat(Api.json(Api.expect(200, patch(id, "{\"name\":\"" + renamed + "\"}")))
                            .getString("name"))
                    .isEqualTo(renamed);
            // the sign-in goes on, and the name stays the new one
            assertThat(pages.get("/api/me").status()).isEqualTo(200);
            assertThat(other.getJson("/api/users/" + id).getString("name")).isEqualTo(renamed);
        }
        RealmAdmin realm = system.realmAdmin(system.otherDomain());
        assertThat(realm.object("/users/" + id).getString("username")).isEqualTo(renamed);
        assertThat(realm.object("/users/profile").getJsonArray("attributes").getValuesAs(JsonObject.class).stream()
                        .filter(attribute -> attribute.getString("name").equals("username"))
                        .map(attribute -> attribute
                                .getJsonObject("permissions")
                                .getJsonArray("edit")
                                .toString()))
                .as("nobody renames himself")
                .containsExactly("[\"admin\"]");
        try (BrowserContext person = system.chromium().person()) {
            SignInPages pages = new SignInPages(person.newPage(), system.url());
            pages.chooseDomain(system.otherDomain());
            pages.password(renamed, own);
            pages.expectDevices();
        }
        assertThat(other.getJson("/api/users/" + id).getString("name")).isEqualTo(renamed);
    }

    /** Rights hang on the account's id: whoever has the name later has none of them. */
    @Test
    void anAccountThatIsMadeAgainUnderTheSameNameHasNoneOfTheRights() {
        String name = "bob." + number;
        String id = make(name).getString("id");
        JsonObject entry = Json.createObjectBuilder()
                .add("resource", other.rootFolder())
                .add("principal", id)
                .add("permissions", Json.createArrayBuilder().add("manage-folders"))
                .add("effect", "allow")
                .build();
        Api.expect(201, other.post("/api/access/entries", entry.toString()));
        String etag = other.getJson("/api/users/" + id).getString("etag");
        Api.expect(
                204,
                other.send(
                        "DELETE",
                        "/api/users/" + id,
                        HttpRequest.BodyPublishers.noBody(),
                        "If-Match",
                        "\"" + etag + "\""));
        RealmAdmin realm = system.realmAdmin(system.otherDomain());
        Eventually.within(SOON, "the account is removed", () -> realm.list("/users?exact=true&username=" + name)
                .isEmpty());
        String again = make(name).getString("id");
        assertThat(again).isNotEqualTo(id);
        assertThat(other.items("/api/access/entries?resource=" + other.rootFolder() + "&principal=" + again))
                .isEmpty();
    }

    @Test
    void secondFactorsAreRemovedAndThePasswordStays() {
        String name = "carl." + number;
        String id = make(name).getString("id");
        Api.expect(204, other.post("/api/users/" + id + "/factor-reset", ""));
        assertThat(other.getJson("/api/users/" + id + "/account")
                        .getJsonArray("factors")
                        .getValuesAs(JsonObject.class))
                .extracting(one -> one.getString("kind"))
                .containsExactly("password");
        assertThat(other.items("/api/audit?code=user.reset-factors&resource=" + id))
                .hasSize(1);
        Api.expect(204, other.post("/api/users/" + id + "/invitation", ""));
    }
}
