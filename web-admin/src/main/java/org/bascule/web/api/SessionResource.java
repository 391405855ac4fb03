package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.session.Comments;
import org.bascule.domain.session.Ending;
import org.bascule.domain.session.SessionView;
import org.bascule.domain.session.Sessions;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.session.ReserveRequest;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;
import org.jspecify.annotations.Nullable;

/** {@code /api/sessions}: opens remote sessions in two steps ({@code docs/protocol/session.md}), lists and ends them. */
@Path("/sessions")
@RequestScoped
public class SessionResource {

    /** The domain answers within 11 s; this is for the case that it does not. */
    private static final long PATIENCE_SECONDS = 15;

    /** Sort keys of lists: time and id. */
    static final int KEYS = 2;

    private static final long MAX_BYTES = 1L << 53;

    /** More than a comment may have, so that the domain says what is wrong with a long one. */
    private static final int MAX_COMMENT = 4 * Comments.MAX;

    @Inject
    private CurrentCaller current;

    @Inject
    private Sessions sessions;

    @GET
    public Response live(
            @QueryParam("device") @Nullable String device,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.slice(
                sessions.live(current.get(), Parameters.text("device", device), Parameters.cursor(cursor, KEYS, limit)),
                SessionResource::json));
    }

    @POST
    @Creates
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.SESSION_OPENED, on = "device")
    public Response open(StrictJson body) throws RefusedException, WireException {
        SessionOpened opened = sessions.open(current.get(), SessionRequest.parse(body), current.kind());
        return Answers.json(opened.state().equals(SessionOpened.ASKING) ? 202 : 201, opened.toJson());
    }

    @PUT
    @Path("/{sid}/handshake")
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<Response> handshake(@PathParam("sid") String sid, StrictJson body)
            throws RefusedException, WireException {
        return sessions.handshake(current.get(), id(sid), HandshakeRequest.parse(body), current.kind())
                .copy()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .thenApply(answer -> Answers.json(200, answer.toJson()));
    }

    @POST
    @Path("/{sid}/relays")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response relays(@PathParam("sid") String sid, StrictJson body) throws RefusedException, WireException {
        List<ReserveRelay> reserve =
                sessions.reserve(current.get(), id(sid), ReserveRequest.parse(body), current.kind());
        return Answers.ok(Json.createObjectBuilder().add("reserve", ReserveRelay.toJson(reserve)));
    }

    @POST
    @Path("/{sid}/end")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.SESSION_ENDED)
    public Response end(@PathParam("sid") String sid, StrictJson body) throws RefusedException, WireException {
        sessions.end(
                current.get(),
                id(sid),
                new Ending(
                        body.string("reason", 200),
                        body.has("comment") ? Optional.of(body.text("comment", MAX_COMMENT)) : Optional.empty(),
                        bytes(body, "bytesIn"),
                        bytes(body, "bytesOut")));
        return Response.noContent().build();
    }

    @POST
    @Path("/{sid}/comment")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.SESSION_COMMENTED)
    public Response comment(@PathParam("sid") String sid, StrictJson body) throws RefusedException, WireException {
        sessions.comment(current.get(), id(sid), body.text("comment", MAX_COMMENT));
        return Response.noContent().build();
    }

    private static OptionalLong bytes(StrictJson body, String name) throws WireException {
        Optional<Long> number = body.optionalNumber(name, 0, MAX_BYTES);
        return number.isPresent() ? OptionalLong.of(number.get()) : OptionalLong.empty();
    }

    /** What is no session id at all is an unknown session. */
    static SessionId id(String text) throws RefusedException {
        try {
            return SessionId.parse(text);
        } catch (WireException e) {
            throw RefusedException.notFound();
        }
    }

    /** How far both ends were from the relay, in milliseconds, and what relays have counted, in bytes and milliseconds. */
    static void relayWay(JsonObjectBuilder json, SessionView session) {
        Answers.number(json, "relayClientMs", session.relayClientMillis());
        Answers.number(json, "relayDeviceMs", session.relayDeviceMillis());
        Answers.number(json, "relayedFromClient", session.relayedFromClient());
        Answers.number(json, "relayedFromDevice", session.relayedFromDevice());
        Answers.number(json, "relayedMillis", session.relayedMillis());
    }

    static JsonObjectBuilder json(SessionView session) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("sid", session.sid())
                .add(
                        "device",
                        Json.createObjectBuilder()
                                .add("uid", session.deviceUid())
                                .add("name", session.deviceName()))
                .add("user", Answers.named(session.userId(), session.userName()))
                .add("operations", Answers.texts(session.operations()))
                .add("account", session.account());
        Answers.put(json, "reason", session.reason());
        Answers.put(json, "relay", session.relay());
        json.add("relays", Answers.texts(session.relays()));
        relayWay(json, session);
        Answers.put(json, "started", session.started());
        Answers.put(json, "ended", session.ended());
        Answers.put(json, "endReason", session.endReason());
        Answers.put(json, "clientAddress", session.clientAddress());
        Answers.put(json, "deviceAddress", session.deviceAddress());
        Answers.put(json, "comment", session.comment());
        return json.add("bytesIn", session.bytesIn()).add("bytesOut", session.bytesOut());
    }
}
