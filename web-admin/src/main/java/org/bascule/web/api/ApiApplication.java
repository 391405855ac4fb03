package org.bascule.web.api;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;

/** Where the API lives. Its description is {@code WEB-INF/openapi.yaml}. */
@ApplicationPath("/api")
public class ApiApplication extends Application {

    /** The framework's own description would name our classes. */
    @Override
    public Map<String, Object> getProperties() {
        return Map.of("jersey.config.server.wadl.disableWadl", true);
    }
}
