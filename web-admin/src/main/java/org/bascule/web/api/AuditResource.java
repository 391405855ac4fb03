package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.audit.AuditQuery;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.logbook.Logbook;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** {@code /api/audit}: the audit log of the domain. Its texts are evidence and may be hostile. */
@Path("/audit")
@RequestScoped
public class AuditResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private Logbook logbook;

    @GET
    public Response list(
            @QueryParam("from") @Nullable String from,
            @QueryParam("to") @Nullable String to,
            @QueryParam("q") @Nullable String text,
            @QueryParam("code") @Nullable String code,
            @QueryParam("outcome") @Nullable String outcome,
            @QueryParam("user") @Nullable String user,
            @QueryParam("device") @Nullable String device,
            @QueryParam("page") @Nullable String page,
            @QueryParam("size") @Nullable String size)
            throws RefusedException {
        Outcome wanted = Parameters.code("outcome", outcome, Outcome::ofCode);
        AuditQuery query = new AuditQuery(
                Parameters.time("from", from),
                Parameters.time("to", to),
                Parameters.text("q", text),
                Parameters.text("code", code),
                wanted == null ? null : wanted.code(),
                Parameters.text("user", user),
                Parameters.text("device", device),
                Parameters.page(page, size));
        return Answers.ok(Answers.page(logbook.query(current.get(), query), AuditResource::json));
    }

    private static JsonObjectBuilder json(AuditEntry entry) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", entry.id())
                .add("time", entry.time().toString())
                .add("code", entry.code())
                .add("outcome", entry.outcome());
        named(json, "user", entry.userId(), entry.userName());
        named(json, "resource", entry.resourceId(), entry.resourceName());
        Answers.put(json, "address", entry.address());
        Answers.put(json, "detail", entry.detail());
        Answers.put(json, "session", entry.sid());
        Answers.object(json, "changes", entry.changes());
        return json;
    }

    private static void named(JsonObjectBuilder json, String member, @Nullable String id, @Nullable String name) {
        if (id == null && name == null) {
            json.addNull(member);
        } else {
            json.add(member, Answers.named(id, name));
        }
    }
}
