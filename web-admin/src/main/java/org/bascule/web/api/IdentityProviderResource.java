package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.corporate.GroupMapping;
import org.bascule.domain.corporate.IdentityProviders;
import org.bascule.domain.corporate.Kind;
import org.bascule.domain.corporate.Partner;
import org.bascule.domain.corporate.ProviderChange;
import org.bascule.domain.corporate.ProviderView;
import org.bascule.domain.corporate.TestResult;
import org.bascule.domain.corporate.Way;
import org.bascule.domain.corporate.Way.Ldap;
import org.bascule.domain.corporate.Way.Oidc;
import org.bascule.domain.corporate.Way.Saml;
import org.bascule.domain.directory.Named;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/identity-providers}: companies' identity providers and directories. Secrets go in, and never out. */
@Path("/identity-providers")
@RequestScoped
public class IdentityProviderResource {

    private static final int MAX_NAME = 200;
    private static final int MAX_TEXT = 500;
    private static final int MAX_METADATA = 50_000;
    private static final int MAX_ID = 36;
    private static final int MAX_TIME = 40;

    @Inject
    private CurrentCaller current;

    @Inject
    private IdentityProviders providers;

    @GET
    public Response list() throws RefusedException {
        return Answers.ok(Json.createObjectBuilder()
                .add("items", Answers.list(providers.list(current.get()), IdentityProviderResource::json)));
    }

    @POST
    @Creates
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.PROVIDER_ADDED)
    public Response create(StrictJson body) throws RefusedException, WireException {
        return tagged(201, providers.create(current.get(), change(body)));
    }

    @GET
    @Path("/{id}")
    public Response get(@PathParam("id") String id) throws RefusedException {
        return tagged(200, providers.get(current.get(), id));
    }

    @PUT
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.PROVIDER_CHANGED)
    public Response change(
            @PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch, StrictJson body)
            throws RefusedException, WireException {
        return tagged(200, providers.change(current.get(), id, Parameters.revision(ifMatch), change(body)));
    }

    @DELETE
    @Path("/{id}")
    @Attempts(Operation.PROVIDER_REMOVED)
    public Response delete(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch)
            throws RefusedException {
        providers.delete(current.get(), id, Parameters.revision(ifMatch));
        return Response.noContent().build();
    }

    @POST
    @Path("/{id}/test")
    @Attempts(Operation.PROVIDER_TESTED)
    public Response test(@PathParam("id") String id) throws RefusedException {
        TestResult result = providers.test(current.get(), id);
        return Answers.ok(Json.createObjectBuilder()
                .add("ok", result.isOk())
                .add("code", result.code().code())
                .add("detail", result.sentence().in(current.language())));
    }

    static ProviderChange change(StrictJson body) throws WireException {
        Kind kind = Kind.ofCode(body.string("kind", MAX_NAME))
                .orElseThrow(() -> ProblemException.invalid("kind", "Not one of the known values."));
        StrictJson of = body.child(kind.code());
        String secret =
                switch (kind) {
                    case OIDC -> text(of, "clientSecret", MAX_TEXT);
                    case LDAP -> text(of, "bindPassword", MAX_TEXT);
                    case SAML -> null;
                };
        return new ProviderChange(
                body.text("name", MAX_NAME), flag(body, "enabled"), way(kind, of), secret, groups(body), partner(body));
    }

    private static Way way(Kind kind, StrictJson of) throws WireException {
        return switch (kind) {
            case OIDC ->
                new Oidc(
                        of.text("issuer", MAX_TEXT),
                        of.text("clientId", MAX_NAME),
                        otherwise(text(of, "groupsClaim", MAX_NAME), "groups"));
            case SAML ->
                new Saml(
                        text(of, "metadataUrl", MAX_TEXT),
                        text(of, "metadata", MAX_METADATA),
                        text(of, "userNameAttribute", MAX_NAME),
                        otherwise(text(of, "groupsAttribute", MAX_NAME), "groups"));
            case LDAP ->
                new Ldap(
                        of.text("url", MAX_TEXT),
                        of.text("bindDn", MAX_TEXT),
                        of.text("usersDn", MAX_TEXT),
                        text(of, "groupsDn", MAX_TEXT),
                        otherwise(text(of, "userNameAttribute", MAX_NAME), "uid"),
                        OptionsResource.flag(of, "startTls", false));
        };
    }

    /** Null where it is missing or empty. */
    private static @Nullable String text(StrictJson of, String name, int max) throws WireException {
        String text = of.has(name) ? of.text(name, max) : "";
        return text.isEmpty() ? null : text;
    }

    private static String otherwise(@Nullable String text, String other) {
        return text == null ? other : text;
    }

    /** It must be said: what is forgotten must not switch something on. */
    private static boolean flag(StrictJson body, String name) throws WireException {
        if (!body.has(name)) {
            throw WireException.malformed("'" + name + "' is missing");
        }
        return OptionsResource.flag(body, name, false);
    }

    private static List<GroupMapping> groups(StrictJson body) throws WireException {
        List<GroupMapping> groups = new ArrayList<>();
        for (StrictJson one : body.children("groups", 2 * IdentityProviders.MAX_GROUPS)) {
            groups.add(new GroupMapping(one.text("theirs", MAX_TEXT), one.string("ours", MAX_ID)));
        }
        return groups;
    }

    private static @Nullable Partner partner(StrictJson body) throws WireException {
        Optional<StrictJson> partner = body.optionalChild("partner");
        return partner.isEmpty()
                ? null
                : new Partner(
                        new HashSet<>(partner.get().strings("folders", 2 * IdentityProviders.MAX_FOLDERS, MAX_ID)),
                        time(partner.get().string("ends", MAX_TIME)));
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw ProblemException.invalid("partner.ends", "This is no time.");
        }
    }

    private static Response tagged(int status, ProviderView view) {
        return Answers.tagged(status, json(view), view.revision());
    }

    private static JsonObjectBuilder json(ProviderView view) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", view.id())
                .add("kind", view.way().kind().code())
                .add("name", view.name())
                .add("enabled", view.enabled());
        for (Kind kind : Kind.values()) {
            if (kind == view.way().kind()) {
                json.add(kind.code(), view.way().json());
            } else {
                json.addNull(kind.code());
            }
        }
        JsonArrayBuilder groups = Answers.list(view.groups(), mapping -> Json.createObjectBuilder()
                .add("theirs", mapping.theirs())
                .add("ours", mapping.ours()));
        json.add("secretSet", view.secretSet()).add("groups", groups);
        Partner partner = view.partner();
        if (partner == null) {
            json.addNull("partner");
        } else {
            json.add(
                    "partner",
                    Json.createObjectBuilder()
                            .add(
                                    "folders",
                                    Answers.texts(
                                            partner.folders().stream().sorted().toList()))
                            .add("ends", partner.ends().toString()));
        }
        ProviderView.Addresses addresses = view.addresses();
        Answers.put(json, "redirectUri", addresses == null ? null : addresses.redirect());
        Answers.put(json, "logoutUri", addresses == null ? null : addresses.logout());
        Answers.put(json, "spMetadataUri", addresses == null ? null : addresses.metadata());
        return json.add("users", view.users())
                .add("groupNames", Answers.list(view.groupNames(), IdentityProviderResource::named))
                .add("folderNames", Answers.list(view.folderNames(), IdentityProviderResource::named))
                .add("etag", Long.toString(view.revision()));
    }

    private static JsonObjectBuilder named(Named named) {
        return Answers.named(named.id(), named.name().isEmpty() ? null : named.name());
    }
}
