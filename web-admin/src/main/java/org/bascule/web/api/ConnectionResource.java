package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.session.ConnectionFilter;
import org.bascule.domain.session.ConnectionLog;
import org.bascule.domain.session.SessionView;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** {@code /api/connections}: the connection log, as far as the caller may view it. */
@Path("/connections")
@RequestScoped
public class ConnectionResource {

    private static final int KEYS = 2;
    private static final Set<String> STATES = Set.of("running", "ended");

    static final List<String> COLUMNS = List.of(
            "sid",
            "deviceUid",
            "deviceName",
            "userId",
            "userName",
            "operations",
            "account",
            "reason",
            "relay",
            "relays",
            "relayClientMs",
            "relayDeviceMs",
            "relayedFromClient",
            "relayedFromDevice",
            "relayedMillis",
            "started",
            "ended",
            "endReason",
            "clientAddress",
            "deviceAddress",
            "bytesIn",
            "bytesOut",
            "comment");

    @Inject
    private CurrentCaller current;

    @Inject
    private ConnectionLog log;

    /** The filters that the list and the export share. */
    public static class Filters {
        @QueryParam("from")
        @Nullable
        String from;

        @QueryParam("to")
        @Nullable
        String to;

        @QueryParam("user")
        @Nullable
        String user;

        @QueryParam("device")
        @Nullable
        String device;

        @QueryParam("state")
        @Nullable
        String state;

        @QueryParam("q")
        @Nullable
        String text;

        ConnectionFilter checked() {
            return new ConnectionFilter(
                    Parameters.time("from", from),
                    Parameters.time("to", to),
                    Parameters.text("user", user),
                    Parameters.text("device", device),
                    Parameters.code("state", state, code -> Optional.of(code).filter(STATES::contains)),
                    Parameters.text("q", text));
        }
    }

    @GET
    public Response list(
            @BeanParam Filters filters,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        Slice<SessionView> slice = log.query(current.get(), filters.checked(), Parameters.cursor(cursor, KEYS, limit));
        return Answers.ok(Answers.log(slice, KEYS, SessionResource::json));
    }

    @GET
    @Path("/export")
    public Response export(@BeanParam Filters filters, @QueryParam("format") @Nullable String format)
            throws RefusedException {
        Caller caller = current.get();
        ConnectionFilter filter = filters.checked();
        boolean csv = AuditResource.isCsv(format);
        log.exporting(caller, "connection log as " + (csv ? "CSV" : "JSON") + ": " + filter);
        Streams.Rows rows =
                new AuditResource.Pages<>(after -> log.export(caller, filter, after), ConnectionResource::flat);
        return csv ? Streams.csv("connections", COLUMNS, rows) : Streams.json("connections", rows);
    }

    static JsonObject flat(SessionView session) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("sid", session.sid())
                .add("deviceUid", session.deviceUid())
                .add("deviceName", session.deviceName())
                .add("userId", session.userId())
                .add("userName", session.userName())
                .add("operations", String.join(" ", session.operations()))
                .add("account", session.account());
        Answers.put(json, "reason", session.reason());
        Answers.put(json, "relay", session.relay());
        json.add("relays", String.join(" ", session.relays()));
        SessionResource.relayWay(json, session);
        Answers.put(json, "started", session.started());
        Answers.put(json, "ended", session.ended());
        Answers.put(json, "endReason", session.endReason());
        Answers.put(json, "clientAddress", session.clientAddress());
        Answers.put(json, "deviceAddress", session.deviceAddress());
        Answers.put(json, "comment", session.comment());
        return json.add("bytesIn", session.bytesIn())
                .add("bytesOut", session.bytesOut())
                .build();
    }
}
