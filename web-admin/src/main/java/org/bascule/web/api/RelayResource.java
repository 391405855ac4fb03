package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.relay.LiveRelay;
import org.bascule.domain.relay.RelayLists;
import org.bascule.domain.relay.RelayRegistrations;
import org.bascule.domain.session.ClientKind;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.registry.RelayHeartbeat;
import org.bascule.wire.registry.RelayTraffic;

/** {@code /api/relays}: what clients measure the ways to, and where relays make themselves known ({@code docs/protocol/relay.md}). */
@Path("/relays")
@RequestScoped
public class RelayResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private RelayLists lists;

    @Inject
    private RelayRegistrations registrations;

    @GET
    public Response list() throws RefusedException {
        ClientKind kind = current.kind();
        RelayLists.Current list = lists.current();
        return Answers.ok(Json.createObjectBuilder()
                .add("relays", Answers.list(list.relays(), relay -> json(relay, kind)))
                .add("probe", list.probe())
                .add("refreshSeconds", RelayLists.REFRESH.toSeconds()));
    }

    /** An approved relay tells what it has forwarded. Public: the relay's key signs it. */
    @POST
    @Path("/traffic")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response traffic(StrictJson body) throws RefusedException, WireException {
        registrations.traffic(body.string("traffic", RelayTraffic.MAX_LENGTH));
        return Answers.ok(Json.createObjectBuilder());
    }

    private static JsonObjectBuilder json(LiveRelay relay, ClientKind kind) {
        return Json.createObjectBuilder()
                .add("id", relay.id())
                .add("name", relay.name())
                .add("region", relay.region())
                .add("url", kind == ClientKind.BROWSER ? relay.url() : relay.nativeUrl());
    }

    /** A relay tells of itself. Public, limited by address. */
    @POST
    @Path("/heartbeat")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response heartbeat(StrictJson body) throws RefusedException, WireException {
        return Answers.json(
                200,
                registrations
                        .heartbeat(body.string("heartbeat", RelayHeartbeat.MAX_LENGTH), current.address())
                        .toJson());
    }
}
