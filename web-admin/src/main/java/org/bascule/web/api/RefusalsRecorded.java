package org.bascule.web.api;

import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import jakarta.json.JsonString;
import jakarta.ws.rs.PathParam;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import org.bascule.domain.acl.RefusedChanges;
import org.bascule.wire.StrictJson;
import org.jspecify.annotations.Nullable;

/** Records the refusals of the operations that change something. Stands outside of {@link CreatesOnce}, so that an attempt is one whatever is tried again in between. */
@Attempts
@Interceptor
@Priority(Interceptor.Priority.APPLICATION - 100)
public class RefusalsRecorded {

    @Inject
    private CurrentCaller current;

    @Inject
    private RefusedChanges changes;

    /** The operation as it is. */
    @AroundInvoke
    public @Nullable Object record(InvocationContext operation) throws Exception {
        Method method = operation.getMethod();
        Attempts attempt = method.getAnnotation(Attempts.class);
        return changes.attempt(
                () -> current.known().orElse(null),
                attempt.value(),
                resource(attempt.on(), method, operation.getParameters()),
                operation::proceed);
    }

    /** What the request names as the resource, as it came; null if it names none. */
    static @Nullable String resource(String name, Method method, @Nullable Object[] values) {
        if (name.isEmpty()) {
            return null;
        }
        Parameter[] parameters = method.getParameters();
        String named = null;
        for (int i = 0; i < parameters.length; i++) {
            PathParam path = parameters[i].getAnnotation(PathParam.class);
            if (path != null && path.value().equals(name)) {
                return (String) values[i];
            }
            if (values[i] instanceof StrictJson body && body.object().get(name) instanceof JsonString text) {
                named = text.getString();
            }
        }
        return named;
    }
}
