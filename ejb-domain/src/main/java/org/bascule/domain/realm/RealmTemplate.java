package org.bascule.domain.realm;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.domain.configuration.IdentitySettings;
import org.bascule.domain.configuration.IdentitySettings.Mail;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.identity.DomainReference;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/**
 * How a realm is to be: {@code realm.json}, which {@code keycloak-realm.sh} makes realms of as well, with the installation's settings and a domain's
 * decisions put in. What is in it when a realm is made, and what a realm is brought up to later, is the same document.
 */
@ApplicationScoped
public class RealmTemplate {

    static final String VERSION = "bascule.template";
    static final String DOMAIN = "bascule.domain";
    private static final String PASSWORDLESS = "webAuthnPolicyPasswordlessPasskeysEnabled";

    /** Flow of the template for the first sign-in with a company's provider. */
    static final String FIRST = "bascule 4 first corporate sign-in";

    /** And the one for each, after it. */
    static final String AFTER = "bascule 4 after corporate sign-in";

    /** The client that signs people in. */
    static final String WEB_CLIENT = "bascule-web";

    private static final Pattern PLACEHOLDER = Pattern.compile("@([A-Z_]+)@");
    private static final String ATTRIBUTES = "attributes";
    private static final String CLASS_RULE = "regexPattern(";

    @Inject
    Settings settings;

    @Inject
    IdentitySettings identity;

    private volatile @Nullable JsonObject parsed;

    /** The first user of a realm, who must change the password at the first sign-in. */
    public record Owner(String id, String name, @Nullable String email, String firstPassword) {

        @Override
        public String toString() {
            return "Owner[" + name + ", [REDACTED]]";
        }
    }

    /** Version of the template, which grows with each of its changes. */
    public int version() {
        return Integer.parseInt(attributes(parsed()).getString(VERSION, "1"));
    }

    private static JsonObject attributes(JsonObject realm) {
        return realm.containsKey(ATTRIBUTES) ? realm.getJsonObject(ATTRIBUTES) : JsonValue.EMPTY_JSON_OBJECT;
    }

    private JsonObject parsed() {
        JsonObject known = parsed;
        if (known == null) {
            try (InputStream in = RealmTemplate.class.getResourceAsStream("realm.json")) {
                if (in == null) {
                    throw new IllegalStateException("realm.json is not in the application");
                }
                try (JsonReader reader = Json.createReader(in)) {
                    known = reader.readObject();
                }
            } catch (IOException e) {
                throw new IllegalStateException("realm.json cannot be read", e);
            }
            parsed = known;
        }
        return known;
    }

    /** Digest over everything but the domain's own decisions: another one means that every realm is to be brought up. */
    public byte[] base() {
        JsonObject any = desired(new DomainReference("", "", "", ""), SignInSettings.DEFAULT);
        try {
            return MessageDigest.getInstance("SHA-256").digest(any.toString().getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The realm of a domain, without users other than service accounts. */
    public JsonObject desired(DomainReference domain, SignInSettings decided) {
        return realm(domain, decided, Optional.empty());
    }

    /** The same with its first user, to be made. */
    public JsonObject first(DomainReference domain, SignInSettings decided, Owner owner) {
        return realm(domain, decided, Optional.of(owner));
    }

    private JsonObject realm(DomainReference domain, SignInSettings decided, Optional<Owner> owner) {
        Map<String, String> values = new TreeMap<>(Map.of(
                "REALM", domain.realm(),
                "PUBLIC_URL", settings.publicUrl(),
                "WEB_SECRET",
                        identity.webSecretFile().map(RealmTemplate::secret).orElse(""),
                "SERVER_SECRET",
                        settings.loginEvents()
                                .map(access -> secret(access.secretFile()))
                                .orElse("")));
        owner.ifPresent(one -> {
            values.put("ADMIN_ID", one.id());
            values.put("ADMIN_NAME", one.name());
            values.put("ADMIN_PASSWORD", one.firstPassword());
        });
        JsonObject plain = withoutOthers(parsed(), owner.isPresent());
        JsonObject filled = filled(plain, values).asJsonObject();
        JsonObjectBuilder realm = Json.createObjectBuilder(filled)
                .add("displayName", domain.name())
                .add("passwordPolicy", passwordPolicy(filled.getString("passwordPolicy"), decided.password()))
                .add("ssoSessionIdleTimeout", 60 * decided.session().idleMinutes())
                .add("ssoSessionMaxLifespan", 3_600 * decided.session().maxHours())
                .add("resetPasswordAllowed", identity.mail().isPresent())
                .add("smtpServer", identity.mail().map(RealmTemplate::smtp).orElse(JsonValue.EMPTY_JSON_OBJECT))
                .add(
                        ATTRIBUTES,
                        Json.createObjectBuilder(attributes(filled))
                                .add(VERSION, Integer.toString(version()))
                                .add(DOMAIN, domain.id()))
                .add(PASSWORDLESS, decided.passwordless())
                .add("clients", withWayOn(filled.getJsonArray("clients"), domain));
        owner.ifPresent(one -> realm.add("users", withEmail(filled.getJsonArray("users"), one)));
        return realm.build();
    }

    /** The template's users: service accounts, and the first user, for a realm that is made. */
    private static JsonObject withoutOthers(JsonObject template, boolean first) {
        JsonArrayBuilder users = Json.createArrayBuilder();
        for (JsonObject user : template.getJsonArray("users").getValuesAs(JsonObject.class)) {
            if (first || user.containsKey("serviceAccountClientId")) {
                users.add(user);
            }
        }
        return Json.createObjectBuilder(template).add("users", users).build();
    }

    /** Pages of the realm that belong to no sign-in lead on to the domain's. */
    private JsonArray withWayOn(JsonArray clients, DomainReference domain) {
        String login = settings.publicUrl() + "/login?domain=" + URLEncoder.encode(domain.name(), UTF_8);
        JsonArrayBuilder all = Json.createArrayBuilder();
        for (JsonObject client : clients.getValuesAs(JsonObject.class)) {
            all.add(
                    client.getString("clientId").equals(WEB_CLIENT)
                            ? Json.createObjectBuilder(client)
                                    .add("baseUrl", login)
                                    .build()
                            : client);
        }
        return all.build();
    }

    private static JsonArray withEmail(JsonArray users, Owner owner) {
        JsonArrayBuilder all = Json.createArrayBuilder();
        for (JsonObject user : users.getValuesAs(JsonObject.class)) {
            boolean mine = user.getString("id", "").equals(owner.id());
            all.add(
                    mine && owner.email() != null
                            ? Json.createObjectBuilder(user)
                                    .add("email", owner.email())
                                    .add("emailVerified", false)
                                    .build()
                            : user);
        }
        return all.build();
    }

    private static JsonValue filled(JsonValue value, Map<String, String> values) {
        return switch (value.getValueType()) {
            case OBJECT -> {
                JsonObjectBuilder object = Json.createObjectBuilder();
                value.asJsonObject().forEach((name, member) -> object.add(name, filled(member, values)));
                yield object.build();
            }
            case ARRAY -> {
                JsonArrayBuilder array = Json.createArrayBuilder();
                value.asJsonArray().forEach(item -> array.add(filled(item, values)));
                yield array.build();
            }
            case STRING -> Json.createValue(filled(((JsonString) value).getString(), values));
            default -> value;
        };
    }

    private static String filled(String text, Map<String, String> values) {
        return PLACEHOLDER
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(Optional.ofNullable(values.get(match.group(1)))
                        .orElseThrow(() -> new IllegalStateException(
                                "realm.json names " + match.group() + ", which nothing is known of"))));
    }

    private static String secret(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalStateException("the file " + file + " cannot be read", e);
        }
    }

    private static JsonObject smtp(Mail mail) {
        JsonObjectBuilder smtp = Json.createObjectBuilder()
                .add("host", mail.host())
                .add("port", Integer.toString(mail.port()))
                .add("from", mail.from())
                .add("starttls", Boolean.toString(mail.encryption() == Mail.Encryption.STARTTLS))
                .add("ssl", Boolean.toString(mail.encryption() == Mail.Encryption.TLS))
                .add("auth", Boolean.toString(mail.user().isPresent()));
        mail.user().ifPresent(user -> smtp.add("user", user));
        mail.passwordFile().ifPresent(file -> smtp.add("password", secret(file)));
        return smtp.build();
    }

    /** What the template says, with the parts that the domain decides about replaced; hashing and whatever else it asks for stay. */
    static String passwordPolicy(String template, SignInSettings.Password decided) {
        StringBuilder policy = new StringBuilder("length(%d)".formatted(decided.minLength()));
        for (String part : template.split(" and ", -1)) {
            String name = part.replaceFirst("\\(.*", "").strip().toLowerCase(Locale.ROOT);
            switch (name) {
                case "length", "notusername", "passwordhistory" -> {
                    // decided below
                }
                case "regexpattern" -> policy.append(classes(decided.classes()));
                default -> policy.append(" and ").append(part.strip());
            }
        }
        if (decided.notUserName()) {
            policy.append(" and notUsername");
        }
        if (decided.history() > 0) {
            policy.append(" and passwordHistory(%d)".formatted(decided.history()));
        }
        return policy.toString();
    }

    /** At least so many of the four classes: every way to choose so many of them. */
    private static String classes(int number) {
        String[] each = {"(?=.*[a-z])", "(?=.*[A-Z])", "(?=.*[0-9])", "(?=.*[^A-Za-z0-9])"};
        if (number <= 1) {
            return "";
        }
        StringBuilder choices = new StringBuilder();
        for (int chosen = 0; chosen < 16; chosen++) {
            if (Integer.bitCount(chosen) == number) {
                choices.append(choices.isEmpty() ? "" : "|");
                for (int i = 0; i < 4; i++) {
                    choices.append((chosen & 1 << i) != 0 ? each[i] : "");
                }
            }
        }
        return " and " + CLASS_RULE + "^(?:" + choices + ").*$)";
    }
}
