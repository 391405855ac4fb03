package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.people.Principal;
import org.bascule.domain.realm.DomainSignIn;
import org.bascule.domain.realm.RealmState;
import org.bascule.domain.realm.SignInSettings;
import org.bascule.domain.realm.SignInSettings.Corporate;
import org.bascule.domain.realm.SignInSettings.FreshFactor;
import org.bascule.domain.realm.SignInSettings.Mode;
import org.bascule.domain.realm.SignInSettings.Password;
import org.bascule.domain.realm.SignInSettings.SecondFactor;
import org.bascule.domain.realm.SignInSettings.Session;
import org.bascule.domain.realm.SignInView;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/sign-in-settings}: how people sign in to the domain. */
@Path("/sign-in-settings")
@RequestScoped
public class SignInSettingsResource {

    private static final int MAX_CODE = 40;
    private static final int MAX_ID = 36;

    @Inject
    private CurrentCaller current;

    @Inject
    private DomainSignIn rules;

    @GET
    public Response get() throws RefusedException {
        return tagged(rules.read(current.get()));
    }

    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.SIGN_IN_CHANGED)
    public Response change(@HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch, StrictJson body)
            throws RefusedException, WireException {
        return tagged(rules.change(current.get(), Parameters.revision(ifMatch), settings(body)));
    }

    static SignInSettings settings(StrictJson body) throws WireException {
        StrictJson password = body.child("password");
        StrictJson factor = body.child("secondFactor");
        StrictJson session = body.child("session");
        StrictJson fresh = body.child("freshFactor");
        return new SignInSettings(
                new Password(
                        number(password, "minLength"),
                        number(password, "classes"),
                        number(password, "history"),
                        flag(password, "notUserName")),
                new SecondFactor(
                        Mode.ofCode(factor.string("mode", MAX_CODE)).orElseThrow(() -> unknown("secondFactor.mode")),
                        new HashSet<>(factor.strings("principals", 10 * SignInSettings.MAX_PRINCIPALS, MAX_ID))),
                flag(body, "passwordless"),
                new Session(number(session, "idleMinutes"), number(session, "maxHours")),
                new FreshFactor(permissions(fresh), number(fresh, "minutes")),
                new Corporate(
                        OptionsResource.flag(body, "corporateOnly", false),
                        body.optionalString("breakGlass", MAX_ID).orElse(null)));
    }

    private static ProblemException unknown(String field) {
        return ProblemException.invalid(field, "Not one of the known values.");
    }

    private static int number(StrictJson body, String name) throws WireException {
        return (int) body.number(name, 0, Integer.MAX_VALUE);
    }

    /** All of it must be said: what is forgotten must not switch something off. */
    private static boolean flag(StrictJson body, String name) throws WireException {
        JsonValue value = body.object().get(name);
        if (value == null) {
            throw WireException.malformed("'" + name + "' is missing");
        }
        return OptionsResource.flag(body, name, false);
    }

    private static Set<Permission> permissions(StrictJson body) throws WireException {
        Set<Permission> permissions = EnumSet.noneOf(Permission.class);
        for (String code : body.strings("permissions", 2 * Permission.values().length, MAX_CODE)) {
            permissions.add(Permission.ofCode(code).orElseThrow(() -> unknown("freshFactor.permissions")));
        }
        return permissions;
    }

    private static Response tagged(SignInView view) {
        SignInSettings settings = view.settings();
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add(
                        "password",
                        Json.createObjectBuilder()
                                .add("minLength", settings.password().minLength())
                                .add("classes", settings.password().classes())
                                .add("history", settings.password().history())
                                .add("notUserName", settings.password().notUserName()))
                .add(
                        "secondFactor",
                        Json.createObjectBuilder()
                                .add("mode", settings.secondFactor().mode().code())
                                .add(
                                        "principals",
                                        Answers.texts(settings.secondFactor().principals().stream()
                                                .sorted()
                                                .toList())))
                .add("passwordless", settings.passwordless())
                .add(
                        "session",
                        Json.createObjectBuilder()
                                .add("idleMinutes", settings.session().idleMinutes())
                                .add("maxHours", settings.session().maxHours()))
                .add(
                        "freshFactor",
                        Json.createObjectBuilder()
                                .add(
                                        "permissions",
                                        Answers.permissions(
                                                settings.freshFactor().permissions()))
                                .add("minutes", settings.freshFactor().minutes()))
                .add("corporateOnly", settings.corporate().only())
                .add("principals", Answers.list(view.principals(), SignInSettingsResource::principal))
                .add("mail", view.mail())
                .add("state", state(view.state()))
                .add("etag", Long.toString(view.revision()));
        Answers.put(json, "breakGlass", settings.corporate().breakGlass());
        return Answers.tagged(200, json, view.revision());
    }

    private static JsonObjectBuilder principal(Principal principal) {
        return Answers.named(principal.id(), principal.name().isEmpty() ? null : principal.name())
                .add("kind", principal.kind());
    }

    static JsonObjectBuilder state(RealmState state) {
        JsonObjectBuilder json = Json.createObjectBuilder().add("applied", state.applied());
        Answers.put(json, "error", state.error());
        return json;
    }
}
