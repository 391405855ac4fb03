package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.account.AccountChange;
import org.bascule.domain.account.AccountView;
import org.bascule.domain.account.Accounts;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.directory.Named;
import org.bascule.domain.directory.PrincipalDeletion;
import org.bascule.domain.keycloak.UserCredential;
import org.bascule.domain.people.PrincipalDeletions;
import org.bascule.domain.people.PrincipalQuery;
import org.bascule.domain.people.UserView;
import org.bascule.domain.people.Users;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/users}: users, and the accounts by which they sign in. */
@Path("/users")
@RequestScoped
public class UserResource {

    private static final int MAX_EMAIL = 300;
    private static final int MAX_TIME = 40;

    @Inject
    private CurrentCaller current;

    @Inject
    private Users users;

    @Inject
    private Accounts accounts;

    @Inject
    private PrincipalDeletions deletions;

    @GET
    public Response list(
            @QueryParam("q") @Nullable String text,
            @QueryParam("folder") @Nullable String folder,
            @QueryParam("group") @Nullable String group,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        PrincipalQuery query = new PrincipalQuery(
                Parameters.text("q", text),
                Parameters.text("folder", folder),
                Parameters.text("group", group),
                Parameters.cursor(cursor, PrincipalQuery.KEYS, limit));
        return Answers.ok(Answers.slice(users.list(current.get(), query), UserResource::json));
    }

    @POST
    @Creates
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.USER_ADDED, on = "folder")
    public Response create(StrictJson body) throws RefusedException, WireException {
        String folder = body.string("folder", 36);
        String name = body.text("name", FolderResource.MAX_NAME);
        if (!body.has("account")) {
            return tagged(201, users.create(current.get(), folder, name));
        }
        StrictJson account = body.child("account");
        boolean invite = OptionsResource.flag(account, "invite", false);
        if (invite == OptionsResource.flag(account, "firstPassword", !invite)) {
            throw ProblemException.invalid("account", "Either a first password or an invitation.");
        }
        Accounts.Created created = accounts.create(
                current.get(),
                folder,
                name,
                body.has("email") ? body.text("email", MAX_EMAIL) : null,
                expires(body).flatMap(time -> time).orElse(null),
                invite);
        JsonObjectBuilder json = json(created.user());
        Answers.put(json, "firstPassword", created.firstPassword());
        return Answers.tagged(201, json, created.user().revision());
    }

    /** Empty where nothing is said, holding nothing where null is. */
    private static Optional<Optional<Instant>> expires(StrictJson body) throws WireException {
        if (!body.object().containsKey("expires")) {
            return Optional.empty();
        }
        return Optional.of(body.optionalString("expires", MAX_TIME).map(text -> Parameters.time("expires", text)));
    }

    private static AccountChange accountChange(StrictJson body) throws WireException {
        return new AccountChange(
                body.has("enabled") ? Optional.of(OptionsResource.flag(body, "enabled", true)) : Optional.empty(),
                body.object().containsKey("email")
                        ? Optional.of(body.has("email") ? body.text("email", MAX_EMAIL) : "")
                        : Optional.empty(),
                expires(body));
    }

    @GET
    @Path("/{id}")
    public Response get(@PathParam("id") String id) throws RefusedException {
        return tagged(200, users.user(current.get(), id));
    }

    @PATCH
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.USER_UPDATED, on = "id")
    public Response change(
            @PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch, StrictJson body)
            throws RefusedException, WireException {
        return tagged(
                200,
                accounts.change(
                        current.get(),
                        id,
                        Parameters.revision(ifMatch),
                        body.has("name") ? body.text("name", FolderResource.MAX_NAME) : null,
                        body.has("folder") ? body.string("folder", 36) : null,
                        accountChange(body)));
    }

    @GET
    @Path("/{id}/account")
    public Response account(@PathParam("id") String id) throws RefusedException {
        AccountView account = accounts.account(current.get(), id);
        AccountView.Facts facts = account.facts();
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("exists", account.exists()).add("enabled", account.enabled());
        Answers.put(json, "expires", account.expires());
        json.add("available", facts != null || !account.exists());
        Answers.put(json, "email", facts == null ? null : facts.email());
        json.add("passwordChange", facts != null && facts.passwordChange());
        return Answers.ok(
                json.add("factors", Answers.list(facts == null ? List.of() : facts.factors(), UserResource::factor)));
    }

    private static JsonObjectBuilder factor(UserCredential factor) {
        JsonObjectBuilder json = Json.createObjectBuilder().add("kind", factor.kind());
        Answers.put(json, "label", factor.label());
        Answers.put(json, "created", factor.created());
        return json;
    }

    @POST
    @Path("/{id}/password-reset")
    @Attempts(value = Operation.PASSWORD_RESET, on = "id")
    public Response resetPassword(@PathParam("id") String id) throws RefusedException {
        return Answers.ok(Json.createObjectBuilder().add("firstPassword", accounts.resetPassword(current.get(), id)));
    }

    @POST
    @Path("/{id}/invitation")
    @Attempts(value = Operation.USER_INVITED, on = "id")
    public Response invite(@PathParam("id") String id) throws RefusedException {
        accounts.invite(current.get(), id);
        return Response.noContent().build();
    }

    @POST
    @Path("/{id}/factor-reset")
    @Attempts(value = Operation.FACTORS_RESET, on = "id")
    public Response resetFactors(@PathParam("id") String id) throws RefusedException {
        accounts.resetFactors(current.get(), id);
        return Response.noContent().build();
    }

    @GET
    @Path("/{id}/deletion")
    public Response deletion(@PathParam("id") String id) throws RefusedException {
        return Answers.ok(json(deletions.ofUser(current.get(), id)));
    }

    static JsonObjectBuilder json(PrincipalDeletion deletion) {
        return Json.createObjectBuilder()
                .add("entries", deletion.entries())
                .add("memberships", deletion.memberships())
                .add("qualifications", deletion.qualifications())
                .add("apiTokens", deletion.apiTokens())
                .add("accessRequests", deletion.accessRequests())
                .add("settings", deletion.settings())
                .add("signIns", deletion.signIns())
                .add("signInRules", deletion.signInRules())
                .add("sessions", deletion.sessions());
    }

    @DELETE
    @Path("/{id}")
    @Attempts(value = Operation.USER_DELETED, on = "id")
    public Response delete(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch)
            throws RefusedException {
        users.delete(current.get(), id, Parameters.revision(ifMatch));
        return Response.noContent().build();
    }

    private static Response tagged(int status, UserView user) {
        return Answers.tagged(status, json(user), user.revision());
    }

    private static JsonObjectBuilder json(UserView user) {
        JsonObjectBuilder json = Json.createObjectBuilder().add("id", user.id()).add("name", user.name());
        folder(json, user.folder());
        Answers.put(json, "lastSignIn", user.lastSignIn());
        Answers.put(json, "expires", user.expires());
        return json.add("pending", user.pending())
                .add("enabled", user.enabled())
                .add("groups", Answers.list(user.groups(), group -> Answers.named(group.id(), group.name())))
                .add("groupCount", user.groupCount())
                .add("owner", user.owner())
                .add("permissions", Answers.permissions(user.permissions()))
                .add("etag", Long.toString(user.revision()));
    }

    static void folder(JsonObjectBuilder json, @Nullable Named folder) {
        if (folder == null) {
            json.addNull("folder");
        } else {
            json.add("folder", Answers.named(folder.id(), folder.name()));
        }
    }
}
