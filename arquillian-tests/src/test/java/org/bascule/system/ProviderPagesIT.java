package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bascule.system.PageParts.button;
import static org.bascule.system.PageParts.heading;
import static org.bascule.system.PageParts.inDialog;
import static org.bascule.system.PageParts.link;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Companies' providers as an administrator sets them up in the page, and what their people read when they are refused (IDN-7). */
@ExtendWith(RunningSystem.class)
class ProviderPagesIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String PASSWORD = "Corp-pass-1";
    private static final String OWN_PASSWORD = "Other-pass-2";

    private final TheSystem system = TheSystem.get();
    private final String number = UUID.randomUUID().toString().substring(0, 8);
    private final String company = "company-" + number;
    private final String keycloak = system.realmUrl().replaceFirst("/realms/.*", "");
    private final String realmUrl = system.realmUrl(system.otherDomain());

    @AfterEach
    void remove() {
        for (JsonObject provider : other().items("/api/identity-providers")) {
            if (provider.getString("name").endsWith(number)) {
                Api.expect(
                        204,
                        other().send(
                                        "DELETE",
                                        "/api/identity-providers/" + provider.getString("id"),
                                        HttpRequest.BodyPublishers.noBody(),
                                        "If-Match",
                                        '"' + provider.getString("etag") + '"'));
            }
        }
    }

    private Api other() {
        return system.otherApi();
    }

    private String made(String path, JsonObject body) {
        return Api.json(Api.expect(201, other().post(path, body.toString()))).getString("id");
    }

    private void awaitRealm() {
        Eventually.within(SOON, "the realm has it", () -> other().getJson("/api/sign-in-settings")
                .getJsonObject("state")
                .getBoolean("applied"));
    }

    /** The company's own identity provider, with one person. */
    private void company(String person) {
        String representation =
                """
                {"realm":"%s","enabled":true,
                 "clients":[{"clientId":"bascule","secret":"corp-secret","publicClient":false,"redirectUris":["%s/broker/*"]}],
                 "users":[{"username":"%s","enabled":true,"email":"%s@corp.test","emailVerified":true,"firstName":"C","lastName":"Corp",
                   "credentials":[{"type":"password","value":"%s","temporary":false}]}]}"""
                        .formatted(company, realmUrl, person, person, PASSWORD);
        try (JsonReader reader = Json.createReader(new StringReader(representation))) {
            system.realmMaker(company).create(reader.readObject());
        }
    }

    /** The form for another provider, as it is reached from the settings. */
    private Page form(BrowserContext person, String kind, String name) {
        Page page = person.newPage();
        new SignInPages(page, system.url())
                .signIn(
                        system.otherDomain(),
                        "automation",
                        system.otherUser("automation").password());
        PageParts.open(page, system.url() + "/settings/sign-in");
        link(page, "Add provider").click();
        heading(page, "Add a provider").waitFor();
        page.getByRole(AriaRole.RADIO, new Page.GetByRoleOptions().setName(kind).setExact(true))
                .check();
        field(page, "Name").fill(name);
        return page;
    }

    private static Locator field(Page page, String name) {
        return page.getByRole(
                AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static void pick(Page page, String label, String name) {
        page.getByRole(
                        AriaRole.COMBOBOX,
                        new Page.GetByRoleOptions().setName(label).setExact(true))
                .fill(name);
        page.getByRole(AriaRole.OPTION, new Page.GetByRoleOptions().setName(Pattern.compile(name)))
                .first()
                .click();
    }

    private void fillOidc(Page page) {
        field(page, "Issuer").fill(keycloak + "/realms/" + company);
        field(page, "Client ID").fill("bascule");
        page.getByLabel("Client secret").fill("corp-secret");
    }

    private static void add(Page page, String name) {
        PageParts.expectUsable(page, "a provider that is to be added");
        button(page, "Add provider").click();
        heading(page, name).waitFor();
    }

    private static void tryIt(Page page) {
        button(page, "Test connection").click();
        page.getByText("The connection works.").waitFor();
        PageParts.expectUsable(page, "a provider");
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

    private static void expectRefusal(Page page, String code, String sentence) {
        page.waitForURL(Pattern.compile(".*/login\\?error=" + code + "(&.*)?$"));
        page.getByText(sentence).waitFor();
        PageParts.expectUsable(page, "the way in, refused");
    }

    @Test
    void aDirectoryIsAddedTriedUsedAndRemovedOnAPhone() throws Exception {
        String luigi = "luigi." + number;
        String name = "Directory " + number;
        String ours = made(
                "/api/groups",
                Json.createObjectBuilder()
                        .add("name", "Staff " + number)
                        .add("folder", other().rootFolder())
                        .build());
        InMemoryDirectoryServer directory = CorporateIT.directory(luigi);
        try (BrowserContext administrator = PageParts.person(system, PageParts.PHONE)) {
            Page page = form(administrator, "Directory (LDAP, Active Directory)", name);
            field(page, "Address").fill("ldap://127.0.0.1:" + directory.getListenPort());
            field(page, "Account that reads the directory").fill("cn=admin,dc=corp,dc=test");
            page.getByLabel("Password of this account").fill("secret");
            field(page, "Where the users are").fill("ou=people,dc=corp,dc=test");
            field(page, "Where the groups are").fill("ou=groups,dc=corp,dc=test");
            button(page, "Add mapping").click();
            field(page, "Their group").fill("staff");
            pick(page, "Our group", "Staff " + number);
            add(page, name);
            assertThat(page.getByLabel("Password of this account").inputValue()).isEmpty();
            tryIt(page);
            awaitRealm();
            try (BrowserContext person = system.chromium().person()) {
                new SignInPages(person.newPage(), system.url()).signIn(system.otherDomain(), luigi, PASSWORD);
            }
            assertThat(other().items("/api/groups/" + ours + "/members"))
                    .extracting(member -> member.getString("name"))
                    .containsExactly(luigi);
            button(page, "Remove").click();
            inDialog(page, AriaRole.TEXTBOX, "Type " + name + " to confirm").fill(name);
            inDialog(page, AriaRole.BUTTON, "Remove").click();
            page.getByText(name + " was removed").waitFor();
            assertThat(other().items("/api/groups/" + ours + "/members")).isEmpty();
        } finally {
            directory.shutDown(true);
        }
    }

    /** A password that came about at the realm opens nothing, and does not keep the right way shut. */
    @Test
    void whoComesWithoutTheProviderIsToldAndComesWithItThen() {
        String carla = "carla." + number;
        String name = "Company " + number;
        company(carla);
        try (BrowserContext administrator = system.chromium().person()) {
            Page page = form(administrator, "OpenID Connect", name);
            fillOidc(page);
            add(page, name);
            String id = page.url().replaceFirst(".*/", "");
            assertThat(field(page, "Redirect URI").inputValue()).isEqualTo(realmUrl + "/broker/" + id + "/endpoint");
            tryIt(page);
        }
        awaitRealm();
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            with(page, name, carla);
            new SignInPages(page, system.url()).expectDevices();
        }
        RealmAdmin realm = system.realmAdmin(system.otherDomain());
        List<JsonObject> users = realm.list("/users?exact=true&username=" + carla);
        Api.expect(
                204,
                realm.change(
                        "PUT",
                        "/users/" + users.get(0).getString("id") + "/reset-password",
                        Json.createObjectBuilder()
                                .add("type", "password")
                                .add("value", OWN_PASSWORD)
                                .add("temporary", false)
                                .build()
                                .toString()));
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            SignInPages pages = new SignInPages(page, system.url());
            pages.chooseDomain(system.otherDomain());
            pages.password(carla, OWN_PASSWORD);
            expectRefusal(page, "provider-missing", "Your account signs in with your company and in no other way.");
            with(page, name, carla);
            pages.expectDevices();
        }
    }

    @Test
    void aPartnersPeopleAreToldThatTheirTimeIsOver() {
        String paul = "paul." + number;
        String name = "Partner " + number;
        company(paul);
        made(
                "/api/folders",
                Json.createObjectBuilder()
                        .add("name", "Theirs " + number)
                        .add("parent", other().rootFolder())
                        .build());
        try (BrowserContext administrator = system.chromium().person()) {
            Page page = form(administrator, "OpenID Connect", name);
            fillOidc(page);
            page.getByRole(
                            AriaRole.CHECKBOX,
                            new Page.GetByRoleOptions().setName("These are an outside organisation's people"))
                    .check();
            pick(page, "Add a folder", "Theirs " + number);
            page.locator("input[type=datetime-local]").fill("2020-01-01T00:00");
            add(page, name);
            page.getByText("The time of this organisation is over").waitFor();
            PageParts.open(page, system.url() + "/settings/sign-in");
            Locator row =
                    page.getByRole(AriaRole.ROW, new Page.GetByRoleOptions().setName(Pattern.compile("^" + name)));
            assertThat(row.innerText()).contains("Ended", "A partner's, in Theirs " + number);
            PageParts.expectUsable(page, "the list of providers");
        }
        awaitRealm();
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            with(page, name, paul);
            expectRefusal(page, "partner-ended", "The time for which your organisation's people were let in is over.");
        }
    }
}
