package org.bascule.session.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A challenge of {@code Proxy-Authenticate} (RFC 9110, section 11.3).
 *
 * @param scheme in lower case
 * @param parameters names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {

    private static final String TOKEN = "!#$%&'*+-.^_`|~";

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /** All challenges of one field value. What cannot be read ends the list. */
    static List<Challenge> parse(String value) {
        return new Reader(value).all();
    }

    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        List<Challenge> all() {
            List<Challenge> found = new ArrayList<>();
            Map<String, String> parameters = new HashMap<>();
            String scheme = "";
            while (true) {
                skip(" \t,");
                String token = token();
                if (token.isEmpty()) {
                    break;
                }
                int end = at;
                skip(" \t");
                if (!scheme.isEmpty() && peek() == '=' && isParameter()) {
                    at++;
                    skip(" \t");
                    parameters.putIfAbsent(token.toLowerCase(Locale.ROOT), peek() == '"' ? quoted() : word());
                    continue;
                }
                at = end;
                if (!scheme.isEmpty()) {
                    found.add(new Challenge(scheme, parameters));
                    parameters.clear();
                }
                scheme = token.toLowerCase(Locale.ROOT);
                skip(" \t");
                skipToken68();
            }
            if (!scheme.isEmpty()) {
                found.add(new Challenge(scheme, parameters));
            }
            return found;
        }

        /** A token68 ends in "=" signs and the end or a comma; a parameter has a value. */
        private boolean isParameter() {
            return at + 1 < text.length() && text.charAt(at + 1) != '=';
        }

        /** {@code Negotiate YII…==}: the rest of a challenge that is no parameter. */
        private void skipToken68() {
            int begin = at;
            String token = token68();
            int end = at;
            skip(" \t");
            boolean whole = at == text.length() || peek() == ',';
            at = !token.isEmpty() && whole ? end : begin;
        }

        private String token68() {
            int begin = at;
            while (at < text.length()
                    && (Character.isLetterOrDigit(text.charAt(at)) || "-._~+/".indexOf(text.charAt(at)) >= 0)) {
                at++;
            }
            if (at > begin) {
                skip("=");
            }
            return text.substring(begin, at);
        }

        private char peek() {
            return at < text.length() ? text.charAt(at) : 0;
        }

        private void skip(String characters) {
            while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private String token() {
            int begin = at;
            while (at < text.length()
                    && (text.charAt(at) < 0x80 && Character.isLetterOrDigit(text.charAt(at))
                            || TOKEN.indexOf(text.charAt(at)) >= 0)) {
                at++;
            }
            return text.substring(begin, at);
        }

        /** A value without quotes, which some write with more than a token may have. */
        private String word() {
            int begin = at;
            while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) > ' ') {
                at++;
            }
            return text.substring(begin, at);
        }

        private String quoted() {
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at));
            }
            at = Math.min(at + 1, text.length());
            return value.toString();
        }
    }
}
