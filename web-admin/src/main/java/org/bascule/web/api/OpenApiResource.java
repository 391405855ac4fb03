package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.problem.ProblemException;

/** {@code /api/openapi.yaml}: the description of this API, for those who are signed in. */
@Path("/openapi.yaml")
@RequestScoped
public class OpenApiResource {

    @Inject
    private ServletContext files;

    @GET
    @Produces("application/yaml")
    public Response get() throws IOException {
        try (InputStream in = files.getResourceAsStream("/WEB-INF/openapi.yaml")) {
            if (in == null) {
                throw ProblemException.of(ProblemCode.NOT_FOUND);
            }
            return Response.ok(in.readAllBytes()).build();
        }
    }
}
