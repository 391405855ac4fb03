package org.bascule.agent.log;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bascule.wire.Json;
import org.bascule.wire.control.LoggedAction;

/** Fields of a logged action as JSON of at most {@link LoggedAction#MAX_DETAIL} characters. The longest texts lose their middle until it fits. */
final class ActionDetail {

    private static final String MARK = "…";
    /** Of a text from the device, before anything else is done with it. */
    private static final int MAX_TEXT = 8_192;

    private final Map<String, String> texts = new LinkedHashMap<>();
    private final Map<String, Long> numbers = new LinkedHashMap<>();
    private boolean cut;

    ActionDetail with(String name, String text) {
        if (text.length() > MAX_TEXT) {
            texts.put(name, shortened(text, text.length() - MAX_TEXT));
            cut = true;
        } else if (!text.isEmpty()) {
            texts.put(name, text);
        }
        return this;
    }

    ActionDetail with(String name, long number) {
        numbers.put(name, number);
        return this;
    }

    @Override
    public String toString() {
        String json = json().toString();
        while (json.length() > LoggedAction.MAX_DETAIL) {
            cut = true;
            // a character may be six of JSON: those that are taken away count for at least one each, so this comes to
            // an end
            shortenLongest(Math.max((json.length() - LoggedAction.MAX_DETAIL) / 6, 16));
            json = json().toString();
        }
        return json;
    }

    private void shortenLongest(int less) {
        String name = "";
        String longest = "";
        for (Map.Entry<String, String> text : texts.entrySet()) {
            if (text.getValue().length() > longest.length()) {
                name = text.getKey();
                longest = text.getValue();
            }
        }
        texts.put(name, shortened(longest, less));
    }

    private JsonObject json() {
        JsonObjectBuilder json = Json.createObjectBuilder();
        texts.forEach(json::add);
        numbers.forEach(json::add);
        if (cut) {
            json.add(LoggedAction.CUT, true);
        }
        return json.build();
    }

    /** Without so many characters of its middle, and not through a surrogate pair. */
    private static String shortened(String text, int less) {
        int keep = Math.max(text.length() - less - MARK.length(), 0);
        int head = (keep + 1) / 2;
        int tail = text.length() - (keep - head);
        if (head > 0 && Character.isHighSurrogate(text.charAt(head - 1))) {
            head--;
        }
        if (tail < text.length() && Character.isLowSurrogate(text.charAt(tail))) {
            tail++;
        }
        return text.substring(0, head) + MARK + text.substring(tail);
    }
}
