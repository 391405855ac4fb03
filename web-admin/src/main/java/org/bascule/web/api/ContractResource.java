package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.ContractView;
import org.bascule.domain.contract.Contracts;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/folders/{id}/contract}: the service contract that counts for a folder. */
@Path("/folders/{id}/contract")
@RequestScoped
public class ContractResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private Contracts contracts;

    @GET
    public Response get(@PathParam("id") String folder) throws RefusedException {
        return tagged(contracts.read(current.get(), folder));
    }

    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.CONTRACT_SET, on = "id")
    public Response put(
            @PathParam("id") String folder,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            StrictJson body)
            throws RefusedException, WireException {
        return tagged(contracts.put(current.get(), folder, Parameters.revision(ifMatch), contract(body)));
    }

    @DELETE
    @Attempts(value = Operation.CONTRACT_REMOVED, on = "id")
    public Response remove(@PathParam("id") String folder, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch)
            throws RefusedException {
        contracts.remove(current.get(), folder, Parameters.revision(ifMatch));
        return Response.noContent().build();
    }

    /** Bounds are above those of the domain, so that the domain says what is wrong. */
    static Contract contract(StrictJson body) throws WireException {
        return new Contract(
                body.optionalString("reference", 1_000).orElse(null),
                text(body, "purpose", 10 * Contract.MAX_PURPOSE),
                Parameters.time("from", body.optionalString("from", 40).orElse(null)),
                Parameters.time("until", body.optionalString("until", 40).orElse(null)),
                text(body, "terms", 4 * Contract.MAX_TERMS),
                OptionsResource.flag(body, "required", false),
                body.has("qualifications")
                        ? body.strings("qualifications", 2 * Contract.MAX_QUALIFICATIONS, 1_000)
                        : List.of());
    }

    /** Empty where there is none. */
    private static String text(StrictJson body, String name, int max) throws WireException {
        return body.has(name) ? body.text(name, max) : "";
    }

    private static Response tagged(ContractView view) {
        Contract contract = view.contract();
        JsonObjectBuilder json = Json.createObjectBuilder();
        if (view.folderId() == null) {
            json.addNull("folder");
        } else {
            json.add("folder", Answers.named(view.folderId(), view.folderName()));
        }
        json.add("own", view.own()).add("inherited", view.inherited());
        Answers.put(json, "reference", contract.reference());
        json.add("purpose", contract.purpose());
        Answers.put(json, "from", contract.from());
        Answers.put(json, "until", contract.until());
        json.add("terms", contract.terms())
                .add("required", contract.required())
                .add("qualifications", Answers.texts(contract.qualifications()))
                .add("etag", Long.toString(view.revision()));
        return Response.fromResponse(Answers.ok(json))
                .tag(Long.toString(view.revision()))
                .build();
    }
}
