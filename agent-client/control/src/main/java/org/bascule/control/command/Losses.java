package org.bascule.control.command;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the API says that goes with something that is removed, in words. */
final class Losses {

    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("folders", "folders below"),
            Map.entry("devices", "devices"),
            Map.entry("subDevices", "sub-devices"),
            Map.entry("users", "users"),
            Map.entry("groups", "groups"),
            Map.entry("entries", "permission entries"),
            Map.entry("tokens", "enrolment tokens"),
            Map.entry("accessRequests", "open access requests"),
            Map.entry("assistance", "open requests for help"),
            Map.entry("settings", "session policies and fixed relays"),
            Map.entry("contracts", "contracts"),
            Map.entry("apiTokens", "API tokens"),
            Map.entry("limitedTokens", "API tokens of others that no longer count there"),
            Map.entry("partnerFolders", "places that people of partner organisations reach"),
            Map.entry("memberships", "memberships"),
            Map.entry("qualifications", "qualifications"),
            Map.entry("signIns", "sign-ins"),
            Map.entry("signInRules", "places in the settings of the sign-in"),
            Map.entry("sessions", "running sessions"));

    private static final List<String> OF_FOLDER = List.of(
            "folders",
            "devices",
            "subDevices",
            "users",
            "groups",
            "entries",
            "tokens",
            "accessRequests",
            "assistance",
            "settings",
            "contracts",
            "apiTokens",
            "limitedTokens",
            "partnerFolders",
            "memberships",
            "qualifications",
            "signIns",
            "signInRules",
            "sessions");

    private static final List<String> OF_DEVICE =
            List.of("subDevices", "entries", "accessRequests", "assistance", "settings", "sessions");

    private static final List<String> OF_PRINCIPAL = List.of(
            "entries",
            "memberships",
            "qualifications",
            "apiTokens",
            "accessRequests",
            "settings",
            "signIns",
            "signInRules",
            "sessions");

    private Losses() {}

    /** Of a user or a group. */
    static String ofPrincipal(JsonObject goes) {
        return sentence(goes, OF_PRINCIPAL);
    }

    static String ofFolder(JsonObject goes) {
        return sentence(goes, OF_FOLDER);
    }

    static String ofDevice(JsonObject goes) {
        return sentence(goes, OF_DEVICE);
    }

    private static String sentence(JsonObject goes, List<String> order) {
        String numbers = order.stream()
                .filter(each -> number(goes, each) > 0)
                .map(each -> number(goes, each) + " " + WORDS.get(each))
                .collect(Collectors.joining(", "));
        return "With it go: " + (numbers.isEmpty() ? "nothing that you see" : numbers) + ".";
    }

    /** The API counts the folder itself. */
    private static int number(JsonObject goes, String member) {
        int number = goes.getInt(member, 0);
        return member.equals("folders") ? number - 1 : number;
    }
}
