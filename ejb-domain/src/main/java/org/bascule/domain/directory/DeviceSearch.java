package org.bascule.domain.directory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bascule.domain.database.Like;
import org.bascule.domain.database.Statement;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.refusal.Template;
import org.jspecify.annotations.Nullable;

/**
 * What was typed into the search of devices (requirement DOM-5). All terms must be fulfilled:
 *
 * <ul>
 *   <li>{@code pump}: is part of the name, the description, the operating system, the address or a tag, or is the uid;
 *   <li>{@code "pump 7"}: the same for a text with spaces, colons, or the words below;
 *   <li>{@code tag:x}: has exactly this tag;
 *   <li>{@code os:x}: is part of the operating system;
 *   <li>{@code ip:x}, {@code version:x}: the address, or the version of the agent, begins so;
 *   <li>{@code online}, {@code offline}, {@code quarantined}: the state;
 *   <li>{@code alarm}: somebody tried to register its machine again, or it came from another one;
 *   <li>{@code revoked}: it must be registered anew;
 *   <li>{@code assistance}: somebody there waits for help, and whoever searches receives such requests;
 *   <li>{@code -} before any of them: is not so.
 * </ul>
 *
 * <p>Case does not matter. What was typed only ever becomes a bound value, never part of a statement.
 */
public record DeviceSearch(List<Term> terms) {

    /** Everything. */
    public static final DeviceSearch ALL = new DeviceSearch(List.of());

    public static final int MAX_LENGTH = 200;
    public static final int MAX_TERMS = 10;

    private static final String FIELD = "q";
    private static final Map<String, Kind> FLAGS =
            Map.of("assistance", Kind.ASSISTANCE, "alarm", Kind.ALARM, "revoked", Kind.REVOKED);
    private static final Pattern KEY = Pattern.compile("[A-Za-z]+");
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-f.:]+");

    public DeviceSearch {
        terms = List.copyOf(terms);
    }

    /** What a term looks at, and its condition on {@code resource r}, {@code device d} and {@code device_search t}; {@code ?} stands for the name of its value. */
    public enum Kind {
        WORD("(t.resource_text like :? or t.device_text like :?)"),
        UID("r.id = :?"),
        TAG("exists (select 1 from device_tag g where g.device_id = r.id and g.name = :?)"),
        OS("(d.os is not null and d.os like :?)"),
        IP("(d.address is not null and d.address like :?)"),
        VERSION("(d.agent_version is not null and d.agent_version like :?)"),
        STATE("d.state = :?"),
        ALARM("(d.domain_id = :domain and d.alarm is not null)"),
        REVOKED("(d.revoked is not null)"),
        /** {@code !} stands for the condition under which the searcher receives the requests of {@code r}. */
        ASSISTANCE("(! and r.id in (select a.open_device from assistance_request a"
                + " where a.domain_id = :domain and a.open_device is not null))");

        private final String condition;

        Kind(String condition) {
            this.condition = condition;
        }

        private static Optional<Kind> ofKey(String key) {
            return switch (key) {
                case "tag" -> Optional.of(TAG);
                case "os" -> Optional.of(OS);
                case "ip" -> Optional.of(IP);
                case "version" -> Optional.of(VERSION);
                default -> Optional.empty();
            };
        }
    }

    /** One condition; {@code text} is in lower case. */
    public record Term(Kind kind, String text, boolean negated) {

        private String condition(String parameter, String receives) {
            String condition = kind.condition.replace(":?", ":" + parameter);
            if (kind == Kind.ASSISTANCE) {
                condition = condition.replace("!", receives);
            }
            return negated ? "not " + condition : condition;
        }

        private boolean isOfDevices() {
            return switch (kind) {
                case OS, IP, VERSION, STATE, ALARM, REVOKED -> true;
                case WORD, UID, TAG, ASSISTANCE -> false;
            };
        }

        private String value() {
            return switch (kind) {
                case WORD, OS -> Like.containing(text);
                case IP, VERSION -> Like.beginning(text);
                case UID, TAG, STATE, ALARM, REVOKED, ASSISTANCE -> text;
            };
        }
    }

    /**
     * Reads what was typed.
     *
     * @param text null and blanks stand for everything
     * @throws RefusedException {@code INVALID} on the field {@code q}, with what is wrong
     */
    public static DeviceSearch parse(@Nullable String text) throws RefusedException {
        if (text == null || text.isBlank()) {
            return ALL;
        }
        if (text.length() > MAX_LENGTH) {
            throw wrong("A search has at most %d characters.", MAX_LENGTH);
        }
        if (text.codePoints().anyMatch(DeviceSearch::isUnusable)) {
            throw wrong("A search has no control characters.");
        }
        Reader reader = new Reader(text.toLowerCase(Locale.ROOT));
        List<Term> terms = new ArrayList<>();
        while (reader.skipSpaces()) {
            terms.add(reader.term());
        }
        if (terms.size() > MAX_TERMS) {
            throw wrong("A search has at most %d terms.", MAX_TERMS);
        }
        return new DeviceSearch(terms);
    }

    private static boolean isUnusable(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.SURROGATE || type == Character.CONTROL && codePoint != '\t';
    }

    private static RefusedException wrong(@Template String template, Object... arguments) {
        return RefusedException.invalid(FIELD, template, arguments);
    }

    /** Goes through the text once. */
    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        /** False at the end. */
        boolean skipSpaces() {
            while (at < text.length() && isSpace(text.charAt(at))) {
                at++;
            }
            return at < text.length();
        }

        private static boolean isSpace(char c) {
            return Character.isWhitespace(c) || Character.isSpaceChar(c);
        }

        Term term() throws RefusedException {
            boolean negated = text.charAt(at) == '-';
            if (negated) {
                at++;
            }
            if (atQuote()) {
                return literal(quoted(), negated);
            }
            String bare = bare();
            int colon = bare.indexOf(':');
            if (colon > 0 && KEY.matcher(bare.substring(0, colon)).matches()) {
                return keyed(bare.substring(0, colon), bare.substring(colon + 1), negated);
            }
            if (bare.isEmpty()) {
                throw wrong("There is nothing after the '-'.");
            }
            Kind flag = FLAGS.get(bare);
            if (flag != null) {
                return new Term(flag, bare, negated);
            }
            return DeviceState.ofCode(bare)
                    .map(state -> new Term(Kind.STATE, state.code(), negated))
                    .orElseGet(() -> literal(bare, negated));
        }

        private static Term literal(String value, boolean negated) {
            return new Term(Uuid7.isUuid(value) ? Kind.UID : Kind.WORD, value, negated);
        }

        private Term keyed(String key, String unquoted, boolean negated) throws RefusedException {
            Kind kind = Kind.ofKey(key)
                    .orElseThrow(() -> wrong("'%s:' cannot be searched for: put a text with a colon in quotes.", key));
            String value = unquoted.isEmpty() && atQuote() ? quoted() : unquoted;
            if (value.isEmpty()) {
                throw wrong("There is nothing after '%s:'.", key);
            }
            if (kind == Kind.IP && !ADDRESS.matcher(value).matches()) {
                throw wrong("An address has digits, dots and colons only.");
            }
            return new Term(kind, value, negated);
        }

        private boolean atQuote() {
            return at < text.length() && text.charAt(at) == '"';
        }

        /** Up to the next space, or to a quote right behind a colon. */
        private String bare() {
            int start = at;
            while (at < text.length() && !isSpace(text.charAt(at))) {
                if (atQuote() && at > start && text.charAt(at - 1) == ':') {
                    break;
                }
                at++;
            }
            return text.substring(start, at);
        }

        private String quoted() throws RefusedException {
            int end = text.indexOf('"', at + 1);
            if (end < 0) {
                throw wrong("A quote is not closed.");
            }
            String value = text.substring(at + 1, end);
            at = end + 1;
            if (value.isBlank()) {
                throw wrong("There is nothing between the quotes.");
            }
            if (at < text.length() && !isSpace(text.charAt(at))) {
                throw wrong("After a closing quote there is a space.");
            }
            return value;
        }
    }

    /** Whether requests for assistance decide about the result. */
    boolean asksForCalls() {
        return terms.stream().anyMatch(term -> term.kind() == Kind.ASSISTANCE);
    }

    /** Whether only devices with a request for assistance, or with an alarm, are wanted, which are few. */
    boolean isForFew() {
        return terms.stream()
                .anyMatch(term -> (term.kind() == Kind.ASSISTANCE || term.kind() == Kind.ALARM) && !term.negated());
    }

    /** Patterns that the texts of every device fulfil which is found; there may be none. */
    List<String> words() {
        return terms.stream()
                .filter(term -> term.kind() == Kind.WORD && !term.negated())
                .map(Term::value)
                .toList();
    }

    /** Patterns that the operating system of every device fulfils which is found; there may be none. */
    List<String> systems() {
        return terms.stream()
                .filter(term -> term.kind() == Kind.OS && !term.negated())
                .map(Term::value)
                .toList();
    }

    /** A tag that every device has which is found. */
    Optional<String> tag() {
        return terms.stream()
                .filter(term -> term.kind() == Kind.TAG && !term.negated())
                .map(Term::value)
                .findFirst();
    }

    /** The part of {@link #condition} that says what a device is, by {@code device d} alone; there may be none. */
    String ofDevices() {
        StringBuilder condition = new StringBuilder();
        for (int i = 0; i < terms.size(); i++) {
            if (terms.get(i).isOfDevices() && !terms.get(i).negated()) {
                condition.append(" and ").append(terms.get(i).condition(parameter(i), "false"));
            }
        }
        return condition.toString();
    }

    /** Whether {@link #condition} looks at {@code device d}. */
    boolean readsDevices() {
        return terms.stream().anyMatch(Term::isOfDevices);
    }

    /** Whether {@link #condition} looks at {@code device_search t}. */
    boolean readsTexts() {
        return terms.stream().anyMatch(term -> term.kind() == Kind.WORD);
    }

    /**
     * The condition on {@code resource r}, {@code device d} and, if {@link #readsTexts}, {@code device_search t}, each term begun by {@code and}.
     *
     * @param receives the condition under which the requests for assistance of {@code r} are received
     */
    String condition(String receives) {
        StringBuilder condition = new StringBuilder();
        for (int i = 0; i < terms.size(); i++) {
            condition.append(" and ").append(terms.get(i).condition(parameter(i), receives));
        }
        return condition.toString();
    }

    /** Binds the values of {@link #condition}. */
    Statement bind(Statement statement) {
        for (int i = 0; i < terms.size(); i++) {
            if (statement.has(parameter(i))) {
                statement.set(parameter(i), terms.get(i).value());
            }
        }
        return statement;
    }

    private static String parameter(int index) {
        return "term" + index;
    }
}
