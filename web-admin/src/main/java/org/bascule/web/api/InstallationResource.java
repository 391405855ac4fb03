package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.pki.SignedKeySet;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.B64;
import org.bascule.wire.Json;

/** {@code /api/installation}: what relays and clients verify this installation with. Public. */
@Path("/installation")
@RequestScoped
public class InstallationResource {

    @Inject
    private Installation installation;

    @GET
    public Response get() throws RefusedException {
        SignedKeySet keySet = installation.requireKeySet();
        return Answers.ok(Json.createObjectBuilder()
                .add("issuer", installation.issuer())
                .add("root", B64.encode(keySet.keys().root().raw()))
                .add("keySet", keySet.text())
                .add("version", installation.version()));
    }
}
