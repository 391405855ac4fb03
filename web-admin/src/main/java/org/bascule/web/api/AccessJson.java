package org.bascule.web.api;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.domain.access.AccessEntries;
import org.bascule.domain.access.EntryRequest;
import org.bascule.domain.access.EntryView;
import org.bascule.domain.access.PrincipalReference;
import org.bascule.domain.access.ResourceReference;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.acl.WeeklyWindow;
import org.bascule.domain.id.Uuid7;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** The forms of entries in requests and answers. Days are {@code mon} to {@code sun}, times of day {@code HH:MM} up to {@code 24:00}. */
final class AccessJson {

    private static final int ID = 36;
    private static final int MAX_PERMISSIONS = 100;
    private static final Pattern TIME_OF_DAY = Pattern.compile("([01][0-9]|2[0-3]):([0-5][0-9])|24:00");

    private AccessJson() {}

    static String tag(long version) {
        return "\"" + version + "\"";
    }

    /** Named, if only to be taken away. */
    private static boolean isNamed(StrictJson body, String name) {
        return body.object().containsKey(name);
    }

    /** A parameter that must be there; what is no id names nothing. */
    static String id(String name, @Nullable String text) {
        if (text == null || text.isEmpty()) {
            throw ProblemException.invalid(name, "Say which one.");
        }
        return known(text);
    }

    static @Nullable String idOrNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : known(text);
    }

    private static final String NOBODY = "00000000-0000-0000-0000-000000000000";

    private static String known(String text) {
        return Uuid7.isUuid(text) ? text : NOBODY;
    }

    static boolean flag(String name, @Nullable String text) {
        if (text == null || text.isEmpty() || text.equals("false")) {
            return false;
        }
        if (!text.equals("true")) {
            throw ProblemException.invalid(name, "Either true or false.");
        }
        return true;
    }

    static boolean requiredFlag(StrictJson body, String name) throws WireException {
        JsonValue value = body.object().get(name);
        if (value == null || !(value.equals(JsonValue.TRUE) || value.equals(JsonValue.FALSE))) {
            throw WireException.malformed("'" + name + "' is not true or false");
        }
        return value.equals(JsonValue.TRUE);
    }

    static Set<Permission> permissions(StrictJson body) throws WireException {
        Set<Permission> permissions = new LinkedHashSet<>();
        for (String code : body.strings("permissions", MAX_PERMISSIONS, ID + 4)) {
            permissions.add(Permission.ofCode(code)
                    .orElseThrow(() -> ProblemException.invalid("permissions", "There is no such permission.")));
        }
        return permissions;
    }

    static EntryRequest request(StrictJson body) throws WireException {
        String effect = body.string("effect", 5);
        if (!effect.equals(Effect.ALLOW.code()) && !effect.equals(Effect.DENY.code())) {
            throw ProblemException.invalid("effect", "Either allow or deny.");
        }
        return new EntryRequest(
                known(body.string("resource", ID)),
                known(body.string("principal", ID)),
                permissions(body),
                effect.equals(Effect.ALLOW.code()) ? Effect.ALLOW : Effect.DENY,
                new Validity(time(body, "from"), time(body, "until"), window(body)),
                body.has("delegable") && requiredFlag(body, "delegable"));
    }

    static AccessEntries.EntryChange change(StrictJson body) throws WireException {
        return new AccessEntries.EntryChange(
                isNamed(body, "from"),
                time(body, "from"),
                isNamed(body, "until"),
                time(body, "until"),
                isNamed(body, "window"),
                window(body),
                body.has("delegable") ? requiredFlag(body, "delegable") : null);
    }

    static @Nullable Instant time(StrictJson body, String name) throws WireException {
        return body.has(name) ? Parameters.time(name, body.string(name, 40)) : null;
    }

    private static @Nullable WeeklyWindow window(StrictJson body) throws WireException {
        if (!body.has("window")) {
            return null;
        }
        StrictJson window = body.child("window");
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String day : window.strings("days", 7, 3)) {
            days.add(day(day));
        }
        int start = minute("start", window.string("start", 5));
        int end = minute("end", window.string("end", 5));
        if (days.isEmpty()) {
            throw ProblemException.invalid("window", "Name at least one day.");
        }
        if (start == end || start == WeeklyWindow.DAY) {
            throw ProblemException.invalid(
                    "window", "A window has a beginning and another end; a whole day is 00:00 to 24:00.");
        }
        return new WeeklyWindow(days, start, end, zone(window.string("zone", 64)));
    }

    private static DayOfWeek day(String code) {
        for (DayOfWeek day : DayOfWeek.values()) {
            if (code(day).equals(code)) {
                return day;
            }
        }
        throw ProblemException.invalid("window", "Days are mon, tue, wed, thu, fri, sat, sun.");
    }

    private static String code(DayOfWeek day) {
        return day.name().substring(0, 3).toLowerCase(Locale.ROOT);
    }

    private static int minute(String name, String text) {
        Matcher time = TIME_OF_DAY.matcher(text);
        if (!time.matches()) {
            throw ProblemException.invalid("window", "'%s' is a time such as 08:00.", name);
        }
        return time.group(1) == null
                ? WeeklyWindow.DAY
                : Integer.parseInt(time.group(1)) * 60 + Integer.parseInt(time.group(2));
    }

    private static ZoneId zone(String name) {
        try {
            if (ZoneId.getAvailableZoneIds().contains(name)) {
                return ZoneId.of(name);
            }
        } catch (DateTimeException e) {
            throw ProblemException.invalid("window", "This time zone is not known.");
        }
        throw ProblemException.invalid("window", "A time zone has a name such as Europe/Vienna.");
    }

    static JsonObjectBuilder principal(PrincipalReference principal) {
        JsonObjectBuilder json = Json.createObjectBuilder().add("id", principal.id());
        Answers.put(json, "name", principal.name());
        return json.add("kind", principal.kind());
    }

    static JsonObjectBuilder resource(ResourceReference resource) {
        JsonArrayBuilder path = Json.createArrayBuilder();
        resource.path().forEach(step -> path.add(Answers.named(step.id(), step.name())));
        return Answers.named(resource.id(), resource.name())
                .add("kind", resource.kind())
                .add("path", path);
    }

    static JsonObjectBuilder entry(EntryView view) {
        Validity validity = view.entry().validity();
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", view.entry().id())
                .add("resource", resource(view.resource()))
                .add("principal", principal(view.principal()))
                .add("permission", view.entry().permission().code())
                .add("effect", view.entry().effect().code());
        Answers.put(json, "from", validity.from());
        Answers.put(json, "until", validity.until());
        if (validity.window() == null) {
            json.addNull("window");
        } else {
            json.add("window", window(validity.window()));
        }
        return json.add("origin", view.entry().origin().code())
                .add("delegable", view.entry().delegable())
                .add("editable", view.editable())
                .add("etag", Long.toString(view.entry().version()));
    }

    private static JsonObjectBuilder window(WeeklyWindow window) {
        return Json.createObjectBuilder()
                .add(
                        "days",
                        Answers.texts(window.days().stream()
                                .sorted()
                                .map(AccessJson::code)
                                .toList()))
                .add("start", time(window.start()))
                .add("end", time(window.end()))
                .add("zone", window.zone().getId());
    }

    private static String time(int minute) {
        return "%02d:%02d".formatted(minute / 60, minute % 60);
    }
}
