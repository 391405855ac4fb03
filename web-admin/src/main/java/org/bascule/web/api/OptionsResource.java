package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.EnumSet;
import java.util.Set;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.options.Assistance;
import org.bascule.domain.options.Assistance.ContactField;
import org.bascule.domain.options.DomainOptions;
import org.bascule.domain.options.Options;
import org.bascule.domain.options.OptionsView;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/domain/options}: what the domain has decided about itself. */
@Path("/domain/options")
@RequestScoped
public class OptionsResource {

    private static final int MAX_ADDRESS = 300;

    @Inject
    private CurrentCaller current;

    @Inject
    private Options options;

    @GET
    public Response get() {
        return tagged(options.read(current.get()));
    }

    /** A member that is missing stays as it is. */
    @PATCH
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.OPTIONS_CHANGED)
    public Response change(@HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch, StrictJson body)
            throws RefusedException, WireException {
        long revision = Parameters.revision(ifMatch);
        DomainOptions before = options.read(current.get()).options();
        return tagged(options.change(current.get(), revision, changed(before, body)));
    }

    static DomainOptions changed(DomainOptions before, StrictJson body) throws WireException {
        return new DomainOptions(
                flag(body, "commentRequired", before.commentRequired()),
                flag(body, "fullSessionLog", before.fullSessionLog()),
                body.has("assistance")
                        ? assistance(before.assistance(), body.child("assistance"))
                        : before.assistance(),
                body.has("notificationAddresses")
                        ? body.strings("notificationAddresses", 10 * DomainOptions.MAX_ADDRESSES, MAX_ADDRESS)
                        : before.notificationAddresses(),
                quota(before.quota(), body),
                body.optionalNumber("auditDays", 0, Integer.MAX_VALUE)
                        .map(Long::intValue)
                        .orElse(before.auditDays()));
    }

    private static Assistance assistance(Assistance before, StrictJson body) throws WireException {
        return new Assistance(
                flag(body, "enabled", before.enabled()),
                body.has("contactFields") ? fields(body) : before.contactFields(),
                body.optionalNumber("expiresHours", 0, Integer.MAX_VALUE)
                        .map(Long::intValue)
                        .orElse(before.expiresHours()));
    }

    private static Set<ContactField> fields(StrictJson body) throws WireException {
        Set<ContactField> fields = EnumSet.noneOf(ContactField.class);
        for (String code : body.strings("contactFields", 10, 40)) {
            fields.add(ContactField.ofCode(code)
                    .orElseThrow(() -> ProblemException.invalid("contactFields", "Not one of the known values.")));
        }
        return fields;
    }

    static boolean flag(StrictJson body, String name, boolean otherwise) throws WireException {
        if (!body.has(name)) {
            return otherwise;
        }
        JsonValue value = body.object().get(name);
        if (value != JsonValue.TRUE && value != JsonValue.FALSE) {
            throw WireException.malformed("'" + name + "' is neither true nor false");
        }
        return value == JsonValue.TRUE;
    }

    /** Null takes the limit away; only a missing member leaves it. */
    private static @Nullable Integer quota(@Nullable Integer before, StrictJson body) throws WireException {
        if (!body.object().containsKey("quota")) {
            return before;
        }
        return body.optionalNumber("quota", 0, Integer.MAX_VALUE)
                .map(Long::intValue)
                .orElse(null);
    }

    private static Response tagged(OptionsView view) {
        DomainOptions options = view.options();
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("commentRequired", options.commentRequired())
                .add("fullSessionLog", options.fullSessionLog())
                .add(
                        "assistance",
                        Json.createObjectBuilder()
                                .add("enabled", options.assistance().enabled())
                                .add(
                                        "contactFields",
                                        Answers.texts(options.assistance().contactFields().stream()
                                                .map(ContactField::code)
                                                .toList()))
                                .add("expiresHours", options.assistance().expiresHours()));
        json.add("auditDays", options.auditDays());
        if (view.editable()) {
            json.add("notificationAddresses", Answers.texts(options.notificationAddresses()));
        } else {
            json.addNull("notificationAddresses");
        }
        if (options.quota() == null) {
            json.addNull("quota");
        } else {
            json.add("quota", options.quota());
        }
        return Response.fromResponse(
                        Answers.ok(json.add("editable", view.editable()).add("etag", Long.toString(view.revision()))))
                .tag(Long.toString(view.revision()))
                .build();
    }
}
