package org.bascule.domain.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.id.Uuid7;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * The first domains of an installation, written by the operator:
 *
 * <pre>{@code
 * {"domains":[{"name":"demo","realm":"demo",
 *   "users":[{"id":"…","name":"admin","groups":["Owners"]}],
 *   "entries":[{"user":"admin","permission":"see-resources","effect":"allow"},
 *              {"group":"Contributors","permission":"vpn","effect":"deny"}]}]}
 * }</pre>
 *
 * {@code id} is the user's id in the realm. Entries are set on the root folder.
 */
public record BootstrapFile(List<Domain> domains) {

    private static final int MAX_LENGTH = 1 << 20;
    private static final int MAX_ENTRIES = 10_000;

    public record Domain(String name, String realm, List<User> users, List<Entry> entries) {}

    public record User(String id, String name, List<String> groups) {}

    /** Exactly one of user and group is named. */
    public record Entry(Optional<String> user, Optional<String> group, Permission permission, Effect effect) {}

    static BootstrapFile read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new IllegalStateException("the bootstrap file " + file + " cannot be read", e);
        } catch (WireException e) {
            throw new IllegalStateException("the bootstrap file " + file + " is wrong: " + e.getMessage(), e);
        }
    }

    static BootstrapFile parse(String text) throws WireException {
        List<Domain> domains = new ArrayList<>();
        for (StrictJson domain : StrictJson.parse(text, MAX_LENGTH).children("domains", 1_000)) {
            domains.add(domain(domain));
        }
        return new BootstrapFile(domains);
    }

    private static Domain domain(StrictJson json) throws WireException {
        List<User> users = new ArrayList<>();
        for (StrictJson user : optional(json, "users")) {
            users.add(user(user));
        }
        List<Entry> entries = new ArrayList<>();
        for (StrictJson entry : optional(json, "entries")) {
            entries.add(entry(entry));
        }
        return new Domain(json.string("name", 100), json.string("realm", 100), users, entries);
    }

    private static List<StrictJson> optional(StrictJson json, String name) throws WireException {
        return json.has(name) ? json.children(name, MAX_ENTRIES) : List.of();
    }

    private static User user(StrictJson json) throws WireException {
        String id = json.string("id", 36);
        if (!Uuid7.isUuid(id)) {
            throw WireException.malformed("a user's id is not a UUID in lower-case text form");
        }
        return new User(
                id, json.string("name", 200), json.has("groups") ? json.strings("groups", 100, 200) : List.of());
    }

    private static Entry entry(StrictJson json) throws WireException {
        Optional<String> user = json.optionalString("user", 200);
        Optional<String> group = json.optionalString("group", 200);
        if (user.isPresent() == group.isPresent()) {
            throw WireException.malformed("an entry names either a user or a group");
        }
        Permission permission = Permission.ofCode(json.string("permission", 40))
                .orElseThrow(() -> WireException.malformed("an entry names an unknown permission"));
        String effect = json.string("effect", 5);
        for (Effect known : Effect.values()) {
            if (known.code().equals(effect)) {
                return new Entry(user, group, permission, known);
            }
        }
        throw WireException.malformed("an effect is 'allow' or 'deny'");
    }
}
