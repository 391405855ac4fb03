package org.bascule.web.api;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.access.EntryRequest;
import org.bascule.domain.access.Preview;
import org.bascule.domain.acl.Membership;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.PlannedConditions;
import org.bascule.domain.contract.Qualification;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** The form of a change that is thought about, and of what it would do. */
final class PreviewJson {

    private static final int ID = 36;

    private PreviewJson() {}

    /** What is left out is not changed. */
    static Preview.Request request(StrictJson body) throws WireException {
        List<EntryRequest> add = new ArrayList<>();
        for (StrictJson one : optional(body, "add", Preview.MAX)) {
            add.add(AccessJson.request(one));
        }
        Map<String, Boolean> inherit = new LinkedHashMap<>();
        for (StrictJson one : optional(body, "inherit", Preview.MAX)) {
            inherit.put(one.string("resource", ID), AccessJson.requiredFlag(one, "inherit"));
        }
        Map<String, String> move = new LinkedHashMap<>();
        for (StrictJson one : optional(body, "move", Preview.MAX)) {
            move.put(one.string("resource", ID), one.string("folder", ID));
        }
        return new Preview.Request(
                add,
                ids(body, "remove", Preview.MAX),
                inherit,
                move,
                memberships(body, "join"),
                memberships(body, "leave"),
                ids(body, "delete", Preview.MAX_DELETED),
                conditions(body));
    }

    private static List<StrictJson> optional(StrictJson body, String name, int max) throws WireException {
        return body.has(name) ? body.children(name, max) : List.of();
    }

    private static List<String> ids(StrictJson body, String name, int max) throws WireException {
        return body.has(name) ? body.strings(name, max, ID) : List.of();
    }

    private static List<Membership> memberships(StrictJson body, String name) throws WireException {
        List<Membership> memberships = new ArrayList<>();
        for (StrictJson one : optional(body, name, Preview.MAX)) {
            memberships.add(new Membership(one.string("group", ID), one.string("member", ID)));
        }
        return memberships;
    }

    private static PlannedConditions.Change conditions(StrictJson body) throws WireException {
        Map<String, Optional<Contract>> contracts = new LinkedHashMap<>();
        for (StrictJson one : optional(body, "contracts", Preview.MAX_CONDITIONS)) {
            Optional<StrictJson> contract = one.optionalChild("contract");
            contracts.put(
                    one.string("folder", ID),
                    contract.isEmpty() ? Optional.empty() : Optional.of(ContractResource.contract(contract.get())));
        }
        Map<String, List<Qualification>> qualifications = new LinkedHashMap<>();
        for (StrictJson one : optional(body, "qualifications", Preview.MAX_CONDITIONS)) {
            qualifications.put(one.string("user", ID), QualificationResource.items(one));
        }
        return new PlannedConditions.Change(contracts, qualifications);
    }

    static JsonObjectBuilder result(Preview.Result result) {
        JsonArrayBuilder effects = Json.createArrayBuilder();
        result.effects()
                .forEach(effect -> effects.add(Json.createObjectBuilder()
                        .add("principal", AccessJson.principal(effect.principal()))
                        .add("permission", effect.permission().code())
                        .add("lost", effect.lost())
                        .add("gained", effect.gained())
                        .add("placesLost", effect.placesLost())
                        .add("placesGained", effect.placesGained())
                        .add("users", effect.users())));
        return Json.createObjectBuilder()
                .add("effects", effects)
                .add("ownersLeft", result.ownersLeft())
                .add("sessionsEnding", result.sessionsEnding());
    }
}
