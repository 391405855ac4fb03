package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.bascule.web.installer.AgentFiles;
import org.bascule.web.installer.Installer;
import org.bascule.wire.Json;

/** {@code /api/agent-installer}: how a device without the agent gets it from here. */
@Path("/agent-installer")
@RequestScoped
public class AgentInstallerResource {

    @Inject
    private AgentFiles files;

    /** With nulls where this server hands out no agent. */
    @GET
    public Response get() {
        Optional<Installer> installer = files.installer();
        JsonObjectBuilder json = Json.createObjectBuilder();
        Answers.put(json, "url", installer.map(Installer::url).orElse(null));
        Answers.put(json, "sha256", installer.map(Installer::sha256).orElse(null));
        Answers.put(json, "command", installer.map(Installer::command).orElse(null));
        Answers.put(json, "pairCommand", installer.map(Installer::pairCommand).orElse(null));
        return Answers.ok(json);
    }
}
