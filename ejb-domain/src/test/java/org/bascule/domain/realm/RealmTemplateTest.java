package org.bascule.domain.realm;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.domain.configuration.IdentitySettings;
import org.bascule.domain.configuration.IdentitySettings.Mail;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.realm.SignInSettings.Password;
import org.bascule.domain.realm.SignInSettings.Session;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;

class RealmTemplateTest {

    private static final DomainReference ACME = new DomainReference("d1", "Acme \"& Co", "acme-1", "");
    private static final String TEMPLATE =
            "length(8) and maxLength(128) and regexPattern(^(?:x|y).*$) and notUsername and passwordHistory(3)";

    private final Path folder;
    private final RealmTemplate template;

    RealmTemplateTest() throws Exception {
        folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "template");
        template = template(Optional.empty());
    }

    private RealmTemplate template(Optional<Mail> mail) throws Exception {
        return new TestDomain()
                .with("https://id.example", new Settings.LoginEvents("bascule-server", secret("server")))
                .with(new IdentitySettings(Optional.of(secret("web\"1")), Optional.empty(), mail))
                .get(RealmTemplate.class);
    }

    private Path secret(String text) throws Exception {
        return Files.writeString(folder.resolve(text.replace("\"", "")), text + "\n");
    }

    @Test
    void everyPlaceholderHasAValueAndTextsStayTexts() {
        JsonObject realm = template.first(
                ACME,
                SignInSettings.DEFAULT,
                new RealmTemplate.Owner("u1", "karl", "karl@example.com", "first\"Pass-1"));
        assertThat(realm.toString()).doesNotContainPattern("@[A-Z_]+@");
        assertThat(realm.getString("realm")).isEqualTo("acme-1");
        assertThat(realm.getString("displayName")).isEqualTo("Acme \"& Co");
        assertThat(realm.getJsonObject("attributes").getString("bascule.domain"))
                .isEqualTo("d1");
        assertThat(realm.getJsonArray("clients").getValuesAs(JsonObject.class))
                .filteredOn(client -> client.getString("clientId").equals("bascule-web"))
                .singleElement()
                .extracting(client -> client.getString("baseUrl"))
                .asString()
                .endsWith("/login?domain=Acme+%22%26+Co");
        List<JsonObject> users = realm.getJsonArray("users").getValuesAs(JsonObject.class);
        JsonObject owner = users.stream()
                .filter(user -> user.getString("id", "").equals("u1"))
                .findFirst()
                .orElseThrow();
        assertThat(owner.getString("email")).isEqualTo("karl@example.com");
        assertThat(owner.getBoolean("emailVerified"))
                .as("somebody else typed it")
                .isFalse();
        assertThat(owner.getJsonArray("credentials").getJsonObject(0).getString("value"))
                .isEqualTo("first\"Pass-1");
        assertThat(owner.getJsonArray("requiredActions").toString()).contains("UPDATE_PASSWORD");
    }

    @Test
    void whatARealmIsBroughtUpToHasNoUserButTheServers() {
        JsonObject realm = template.desired(ACME, SignInSettings.DEFAULT);
        assertThat(realm.getJsonArray("users").getValuesAs(JsonObject.class))
                .extracting(user -> user.getString("username"))
                .containsExactly("service-account-bascule-server");
    }

    @Test
    void settingsOfTheDomainReplaceThoseOfTheTemplate() {
        SignInSettings decided = new SignInSettings(
                new Password(14, 4, 0, false),
                SignInSettings.DEFAULT.secondFactor(),
                true,
                new Session(15, 8),
                SignInSettings.DEFAULT.freshFactor());
        JsonObject realm = template.desired(ACME, decided);
        assertThat(realm.getString("passwordPolicy"))
                .startsWith("length(14) and ")
                .doesNotContain("notUsername", "passwordHistory", "length(8)");
        assertThat(realm.getInt("ssoSessionIdleTimeout")).isEqualTo(900);
        assertThat(realm.getInt("ssoSessionMaxLifespan")).isEqualTo(28_800);
        assertThat(realm.getBoolean("webAuthnPolicyPasswordlessPasskeysEnabled"))
                .isTrue();
    }

    /** The defaults are those of the template, so that a domain that decides nothing changes nothing. */
    @Test
    void defaultsAreWhatTheTemplateSays() {
        Matcher length = Pattern.compile("\\blength\\((\\d+)\\)")
                .matcher(template.desired(ACME, SignInSettings.DEFAULT).getString("passwordPolicy"));
        assertThat(length.find()).isTrue();
        assertThat(length.group(1)).isEqualTo("8");
        assertThat(RealmTemplate.passwordPolicy(TEMPLATE, SignInSettings.DEFAULT.password()))
                .contains("maxLength(128)", "notUsername", "passwordHistory(3)")
                .doesNotContain("x|y");
    }

    @Test
    void passwordsAreJudgedByTheirClasses() {
        for (int classes = 1; classes <= 4; classes++) {
            String policy = RealmTemplate.passwordPolicy(TEMPLATE, new Password(8, classes, 0, false));
            Matcher rule = Pattern.compile("regexPattern\\((.*)\\)$").matcher(policy);
            boolean ruled = rule.find();
            assertThat(ruled).isEqualTo(classes > 1);
            for (String password : List.of("aaaaaaaa", "aaaaaaA8", "AAAA1111", "aA1-aA1-", "1111----", "AAAAbbb-")) {
                int has = (password.matches(".*[a-z].*") ? 1 : 0)
                        + (password.matches(".*[A-Z].*") ? 1 : 0)
                        + (password.matches(".*[0-9].*") ? 1 : 0)
                        + (password.matches(".*[^A-Za-z0-9].*") ? 1 : 0);
                assertThat(!ruled || password.matches(rule.group(1)))
                        .as("%s has %d of %d", password, has, classes)
                        .isEqualTo(has >= classes);
            }
        }
    }

    @Test
    void firstPasswordsKeepEveryRule() {
        for (int length = 8; length <= 64; length++) {
            String password = FirstPassword.make(new Password(length, 4, 0, true));
            assertThat(password)
                    .hasSizeGreaterThanOrEqualTo(Math.max(length, 19))
                    .hasSizeLessThan(128);
            assertThat(password).matches("(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?=.*-)[A-Za-z0-9-]+");
        }
        assertThat(FirstPassword.make(SignInSettings.DEFAULT.password()))
                .isNotEqualTo(FirstPassword.make(SignInSettings.DEFAULT.password()));
    }

    @Test
    void mailIsSentAsTheInstallationSays() throws Exception {
        JsonObject without = template.desired(ACME, SignInSettings.DEFAULT);
        assertThat(without.getBoolean("resetPasswordAllowed")).isFalse();
        JsonObject realm = template(Optional.of(new Mail(
                        "mail.example",
                        465,
                        Mail.Encryption.TLS,
                        "bascule@example.com",
                        Optional.of("bascule"),
                        Optional.of(secret("mailpass")))))
                .desired(ACME, SignInSettings.DEFAULT);
        assertThat(realm.getBoolean("resetPasswordAllowed")).isTrue();
        assertThat(realm.getJsonObject("smtpServer").toString())
                .contains("\"ssl\":\"true\"", "\"starttls\":\"false\"", "\"password\":\"mailpass\"");
    }

    @Test
    void anotherInstallationSettingIsAnotherBaseAndADomainsDecisionIsNot() throws Exception {
        byte[] base = template.base();
        assertThat(template.base()).isEqualTo(base);
        assertThat(template(Optional.of(new Mail(
                                "mail.example",
                                25,
                                Mail.Encryption.NONE,
                                "bascule@example.com",
                                Optional.empty(),
                                Optional.empty())))
                        .base())
                .isNotEqualTo(base);
    }
}
